package io.qwenasr.reactor.spring;

import io.qwenasr.reactor.QwenAsrClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * A health indicator {@code qwenAsr} for the transcriber of {@link QwenAsrAutoConfiguration}, where Spring Boot's health
 * is there: endpoint, active sessions, how the latest one went.
 *
 * <p>It opens no connection. UP if the service took the latest session, UNKNOWN before the first and after one that failed,
 * never DOWN. Switched off by {@code management.health.qwen-asr.enabled=false}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = QwenAsrAutoConfiguration.class)
@ConditionalOnClass({QwenAsrClient.class, HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
public final class QwenAsrHealthAutoConfiguration {

    /** For Spring. */
    public QwenAsrHealthAutoConfiguration() {}

    /** Its conditions are asked only where their classes are. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnEnabledHealthIndicator("qwen-asr")
    @ConditionalOnBean(name = "qwenAsrTranscriber")
    @ConditionalOnSingleCandidate(QwenAsrClient.class)
    static final class Indicator {
        @Bean
        @Order(1)
        SessionStatistics qwenAsrSessionStatistics() {
            return new SessionStatistics();
        }

        @Bean
        @ConditionalOnMissingBean(name = "qwenAsrHealthIndicator")
        HealthIndicator qwenAsrHealthIndicator(QwenAsrClient client, SessionStatistics sessions) {
            return new QwenAsrHealthIndicator(client.endpoint(), sessions);
        }
    }
}
