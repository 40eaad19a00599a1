package io.qwenasr.samples.webflux;

import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.WebFilter;

/** Where things are, and what the browser is told of them. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration {

    /** The page needs nothing from anywhere else, and nobody needs to frame it. */
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    @Bean
    HandlerMapping pageSocketMapping(PageSocket socket) {
        return new SimpleUrlHandlerMapping(Map.of("/ws/transcriptions", socket), Ordered.HIGHEST_PRECEDENCE);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    WebFilter securityHeaders() {
        return (exchange, chain) -> {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
            headers.set("Permissions-Policy", "microphone=(self), camera=(), geolocation=()");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("X-Content-Type-Options", "nosniff");
            return chain.filter(exchange);
        };
    }
}
