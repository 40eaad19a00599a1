/**
 * How late transcripts are and how sessions fare: {@link io.qwenasr.reactor.observation.Latencies} for everybody,
 * {@link io.qwenasr.reactor.observation.ObservedTranscriber} for those who have Micrometer.
 *
 * <p>Micrometer is optional: only {@code ObservedTranscriber}, and the types named after observations, need it.
 *
 * @since 0.1.0
 */
@NullMarked
package io.qwenasr.reactor.observation;

import org.jspecify.annotations.NullMarked;
