package io.qwenasr.samples.webflux.readme;

import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrRoute;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.Transcriber;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;

final class Gateway {

    // readme:gateway
    @Bean
    Transcriber transcriber(@Value("${DASHSCOPE_API_KEY}") String key) {
        return QwenAsrClient.builder(Endpoint.beijing()).apiKey(key).build();
    }

    @Bean
    QwenAsrRoute gatewayRoute(Transcriber transcriber) {
        return QwenAsrServer.builder(transcriber)
                .apiKeys(List.of("a-key-of-yours"))
                .build()
                .route();
    }

    @Bean
    NettyRouteProvider gateway(QwenAsrRoute route) {
        return routes -> routes.get(Endpoint.PATH, route);
    }

    @Bean
    ApplicationListener<ContextClosedEvent> drain(QwenAsrRoute route) {
        return closing -> route.stop(Duration.ofSeconds(10)).block();
    }
    // readme:end
}
