/**
 * Public values of the Qwen-ASR-Realtime client and server: options, audio signals, transcription
 * events and the exceptions a caller can meet.
 *
 * <p>Everything here is immutable and safe to share between threads. Nothing here depends on Netty or
 * on Project Reactor.
 */
@NullMarked
package io.qwenasr;

import org.jspecify.annotations.NullMarked;
