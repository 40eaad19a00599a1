/**
 * A Spring Boot WebFlux application with live captions.
 *
 * <p>Three ways in, one {@link io.qwenasr.reactor.Transcriber} behind them: {@code POST /transcriptions} for a
 * recording, {@code /ws/transcriptions} for the page, and {@code /api-ws/v1/realtime}, the protocol itself, for
 * anybody's SDK.
 */
@NullMarked
package io.qwenasr.samples.webflux;

import org.jspecify.annotations.NullMarked;
