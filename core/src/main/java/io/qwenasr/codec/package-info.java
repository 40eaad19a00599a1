/**
 * The events of the Qwen-ASR-Realtime protocol as immutable values, and their JSON in both directions.
 *
 * <p>What this version does not know is kept: unknown events as {@code Unknown} with their JSON, unknown
 * members as {@link io.qwenasr.codec.Extras}. Decoders throw
 * {@link io.qwenasr.codec.MalformedEventException} and nothing else.
 */
@NullMarked
package io.qwenasr.codec;

import org.jspecify.annotations.NullMarked;
