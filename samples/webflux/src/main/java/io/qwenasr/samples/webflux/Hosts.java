package io.qwenasr.samples.webflux;

import java.net.InetAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.WebFilter;

/**
 * By which names the application may be called while it listens to this machine only.
 *
 * <p>Any site can have its own name resolve to the loopback address, and then its pages are of the same origin as the
 * application, with the user's browser as their way in. So only names of this machine pass, and the sites that are
 * allowed anyway. On another address whoever runs the application decides who reaches it.
 */
@Component
class Hosts {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final boolean local;
    private final Set<String> allowed = new HashSet<>(LOOPBACK);

    Hosts(ServerProperties server, CaptionsProperties captions) {
        this.local = isLocal(server);
        captions.allowedOrigins().stream()
                .map(origin -> URI.create(origin).getHost())
                .filter(host -> host != null)
                .forEach(allowed::add);
    }

    static boolean isLocal(ServerProperties server) {
        InetAddress address = server.getAddress();
        return address != null && address.isLoopbackAddress();
    }

    /** Tells whether a request with this header may pass. */
    boolean allows(@Nullable String host) {
        return !local || host == null || allowed.contains(name(host));
    }

    private static String name(String host) {
        return host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
    }

    /** The same rule for everything that goes through Spring, WebSockets included. */
    @Configuration(proxyBeanMethods = false)
    static class Filter {
        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        WebFilter hostFilter(Hosts hosts) {
            return (exchange, chain) -> {
                if (hosts.allows(exchange.getRequest().getHeaders().getFirst("Host"))) {
                    return chain.filter(exchange);
                }
                exchange.getResponse().setStatusCode(HttpStatus.MISDIRECTED_REQUEST);
                return exchange.getResponse().setComplete();
            };
        }
    }
}
