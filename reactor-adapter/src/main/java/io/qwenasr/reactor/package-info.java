/**
 * Speech to text for Project Reactor: {@code Flux} of audio in, {@code Flux} of transcription events out,
 * over the Qwen-ASR-Realtime protocol, as client and as server.
 */
@NullMarked
package io.qwenasr.reactor;

import org.jspecify.annotations.NullMarked;
