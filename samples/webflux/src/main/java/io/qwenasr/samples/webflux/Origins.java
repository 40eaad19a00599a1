package io.qwenasr.samples.webflux;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;

/**
 * Whose pages may use the application: its own, and those of the sites that are named.
 *
 * <p>Without this any page a user visits could open a WebSocket to an application on the user's own machine. What is no
 * browser sends no origin, and passes.
 */
@Component
class Origins {

    private final CorsConfiguration cors = new CorsConfiguration();

    Origins(CaptionsProperties captions) {
        cors.setAllowedOrigins(captions.allowedOrigins());
        cors.setAllowedMethods(List.of("GET", "POST"));
        cors.addAllowedHeader("content-type");
    }

    /** Tells whether a request outside of Spring's filters may pass. */
    boolean allows(@Nullable String origin, @Nullable String host) {
        return origin == null || isOwn(origin, host) || cors.checkOrigin(origin) != null;
    }

    private static boolean isOwn(String origin, @Nullable String host) {
        return host != null && (origin.equals("http://" + host) || origin.equals("https://" + host));
    }

    /** The same rule for everything that goes through Spring, WebSockets included. */
    @Configuration(proxyBeanMethods = false)
    static class Filter {
        @Bean
        CorsWebFilter corsWebFilter(Origins origins) {
            UrlBasedCorsConfigurationSource everywhere = new UrlBasedCorsConfigurationSource();
            everywhere.registerCorsConfiguration("/**", origins.cors);
            return new CorsWebFilter(everywhere);
        }
    }
}
