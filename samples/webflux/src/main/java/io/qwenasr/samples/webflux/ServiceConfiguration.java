package io.qwenasr.samples.webflux;

import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.resume.ReconnectPolicy;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * The transcriber that all ways in share is the library's auto-configured one, by the properties {@code qwen.asr.*};
 * this only puts the embedded engine behind it where they name no service. Whoever defines a transcriber of their own
 * gets that instead.
 */
@Configuration(proxyBeanMethods = false)
class ServiceConfiguration {

    @Configuration(proxyBeanMethods = false)
    @Conditional(OnNoService.class)
    @ConditionalOnMissingBean(Transcriber.class)
    static class Embedded {
        @Bean
        EmbeddedService embeddedService(CaptionsProperties captions) {
            return EmbeddedService.start(captions.modelFolder());
        }

        @Bean
        QwenAsrClient embeddedClient(EmbeddedService service) {
            return service.client();
        }
    }

    /** A viewer waits: give up after a quarter of a minute, not after a minute. */
    @Bean
    @ConditionalOnMissingBean
    ReconnectPolicy reconnectPolicy() {
        return new ReconnectPolicy(6, Duration.ofMillis(250), Duration.ofSeconds(5), 0.5, Duration.ofSeconds(30));
    }
}
