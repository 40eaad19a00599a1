package io.qwenasr.reactor.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.observation.ObservedTranscriber;
import io.qwenasr.reactor.observation.SessionObservationConvention;
import io.qwenasr.reactor.resume.ReconnectPolicy;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

/**
 * Beans for a client of the service, by {@link QwenAsrProperties}.
 *
 * <ul>
 *   <li>A {@link QwenAsrClient}, unless there is a {@link Transcriber} bean already. It runs on the event loops of a
 *       {@code ReactorResourceFactory}, if there is one, and {@link QwenAsrHttpClientCustomizer}s change its HTTP client.
 *   <li>A {@link Transcriber}, to be injected by that type: the client, or a {@code QwenAsrClient} bean of the user's,
 *       which resumes if {@code qwen.asr.resume.enabled} says so, by a {@link ReconnectPolicy} bean if there is one, and
 *       tells an {@code ObservationRegistry} and a {@code MeterRegistry} of its sessions, if they are there. It is not
 *       made if the user has a {@code Transcriber} of another kind, or several {@code QwenAsrClient}s none of which is
 *       primary.
 * </ul>
 *
 * @see QwenAsrHealthAutoConfiguration
 * @since 0.1.0
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
        })
@ConditionalOnClass({QwenAsrClient.class, HttpClient.class})
@EnableConfigurationProperties(QwenAsrProperties.class)
public final class QwenAsrAutoConfiguration {

    /** For Spring. */
    public QwenAsrAutoConfiguration() {}

    /** Where the connections of the client run. */
    @FunctionalInterface
    interface EventLoops {
        @Nullable LoopResources find();
    }

    @Bean
    @ConditionalOnMissingBean(Transcriber.class)
    QwenAsrClient qwenAsrClient(
            QwenAsrProperties properties,
            ObjectProvider<EventLoops> loops,
            ObjectProvider<QwenAsrHttpClientCustomizer> customizers) {
        QwenAsrClient.Builder builder = QwenAsrClient.builder(properties.address())
                .dataInspection(properties.dataInspection())
                .handshakeTimeout(properties.handshakeTimeout())
                .maxFrameBytes(Math.toIntExact(properties.maxFrameSize().toBytes()))
                .session(properties.session().settings());
        String key = properties.apiKey();
        if (key != null && !key.isBlank()) {
            builder.apiKey(key);
        }
        String model = properties.model();
        if (model != null) {
            builder.model(model);
        }
        Duration connectTimeout = properties.connectTimeout();
        if (connectTimeout != null) {
            builder.connectTimeout(connectTimeout);
        }
        String workspace = properties.workspace();
        if (workspace != null) {
            builder.workspace(workspace);
        }
        EventLoops where = loops.getIfAvailable();
        LoopResources theirs = where == null ? null : where.find();
        Iterator<QwenAsrHttpClientCustomizer> changes =
                customizers.orderedStream().iterator();
        if (theirs != null || changes.hasNext()) {
            HttpClient http = HttpClient.newConnection();
            if (theirs != null) {
                http = http.runOn(theirs);
            }
            while (changes.hasNext()) {
                http = changes.next().customize(http);
            }
            builder.httpClient(http);
        }
        return builder.build();
    }

    @Bean
    @Primary
    @ConditionalOnSingleCandidate(QwenAsrClient.class)
    @ConditionalOnMissingBean(value = Transcriber.class, ignored = QwenAsrClient.class)
    Transcriber qwenAsrTranscriber(
            QwenAsrClient client,
            QwenAsrProperties properties,
            ObjectProvider<ReconnectPolicy> policies,
            ObjectProvider<TranscriberDecorator> decorators) {
        Transcriber transcriber = client;
        if (properties.resume().enabled()) {
            transcriber = ResumingTranscriber.of(client)
                    .keeping(properties.resume().keep())
                    .reconnecting(policies.getIfUnique(() -> ReconnectPolicy.DEFAULTS));
        }
        for (TranscriberDecorator decorator : decorators.orderedStream().toList()) {
            transcriber = decorator.around(transcriber);
        }
        return transcriber;
    }

    /** Only where spring-web is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ReactorResourceFactory.class)
    static final class SharedEventLoops {
        @Bean
        EventLoops qwenAsrEventLoops(ObjectProvider<ReactorResourceFactory> factories) {
            return () -> {
                ReactorResourceFactory factory = factories.getIfUnique();
                return factory == null ? null : factory.getLoopResources();
            };
        }
    }

    /** Only where Micrometer is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ObservationRegistry.class, MeterRegistry.class})
    static final class Observed {
        @Bean
        @Order(0)
        TranscriberDecorator qwenAsrObservations(
                ObjectProvider<ObservationRegistry> observations,
                ObjectProvider<MeterRegistry> meters,
                ObjectProvider<SessionObservationConvention> conventions) {
            return transcriber -> {
                ObservedTranscriber observed = ObservedTranscriber.of(transcriber);
                ObservationRegistry spans = observations.getIfUnique();
                MeterRegistry meter = meters.getIfUnique();
                SessionObservationConvention convention = conventions.getIfUnique();
                if (spans == null && meter == null) {
                    return transcriber;
                }
                observed = spans == null ? observed : observed.observations(spans);
                observed = meter == null ? observed : observed.meters(meter);
                return convention == null ? observed : observed.convention(convention);
            };
        }
    }

    /** Only where the actuator is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(SanitizingFunction.class)
    static final class HiddenKey {
        @Bean
        ApiKeySanitizer qwenAsrApiKeySanitizer(QwenAsrProperties properties) {
            return new ApiKeySanitizer(properties.apiKey());
        }
    }
}
