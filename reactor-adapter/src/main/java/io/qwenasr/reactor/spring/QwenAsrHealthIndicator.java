package io.qwenasr.reactor.spring;

import io.qwenasr.reactor.Endpoint;
import java.util.Locale;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * What is known of the service from the sessions there were; asking costs nothing, no connection is opened.
 *
 * <p>UP if the service took or ended the latest session well, UNKNOWN before the first and after one that failed. Never
 * DOWN: an instance that nobody uses any more would never hear that the service is back.
 */
final class QwenAsrHealthIndicator extends AbstractHealthIndicator {

    private final Endpoint endpoint;
    private final SessionStatistics sessions;

    QwenAsrHealthIndicator(Endpoint endpoint, SessionStatistics sessions) {
        this.endpoint = endpoint;
        this.sessions = sessions;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        SessionStatistics.Outcome outcome = sessions.outcome();
        boolean known = outcome.latest() != SessionStatistics.Latest.NONE && outcome.failure() == null;
        builder.status(known ? Status.UP : Status.UNKNOWN)
                .withDetail("endpoint", endpoint.uri().toString())
                .withDetail("activeSessions", sessions.active())
                .withDetail("latestSession", outcome.latest().name().toLowerCase(Locale.ROOT));
        if (outcome.failure() != null) {
            builder.withDetail("failure", outcome.failure());
        }
    }
}
