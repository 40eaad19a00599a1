/**
 * A real speech recogniser in this JVM as a {@link io.qwenasr.reactor.Transcriber}: Vosk decodes, Silero VAD
 * finds the utterances. It needs no account and no network once its models are there.
 *
 * <p>{@link io.qwenasr.samples.localengine.LocalEngine} is the way in.
 */
@NullMarked
package io.qwenasr.samples.localengine;

import org.jspecify.annotations.NullMarked;
