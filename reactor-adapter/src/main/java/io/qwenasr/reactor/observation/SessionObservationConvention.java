package io.qwenasr.reactor.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names a session's observation and its key values; {@link DefaultSessionObservationConvention} unless one is given or
 * registered.
 *
 * @since 0.1.0
 */
public interface SessionObservationConvention extends ObservationConvention<SessionObservationContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof SessionObservationContext;
    }
}
