package io.qwenasr.reactor.spring;

import reactor.netty.http.client.HttpClient;

/**
 * A bean that changes the HTTP client of the client that is auto-configured: its proxy, TLS, resolver, metrics.
 *
 * <p>Beans of this type are applied in their {@linkplain org.springframework.core.annotation.Order order}, after the
 * event loops of a {@code ReactorResourceFactory} are set.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface QwenAsrHttpClientCustomizer {

    /**
     * Returns the client to use.
     *
     * @param client without a pool, as is right for WebSockets
     * @return the client with what is changed
     */
    HttpClient customize(HttpClient client);
}
