package io.qwenasr.samples.webflux;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.QwenAsrRoute;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.Transcriber;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;

/**
 * The protocol itself, for anybody's SDK, on the application's own port: the transcriber behind it has the key, the
 * callers need none of the service's.
 */
@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {

    private static final Logger log = LoggerFactory.getLogger(GatewayConfiguration.class);

    @Bean
    QwenAsrRoute gatewayRoute(Transcriber transcriber, CaptionsProperties captions) {
        return QwenAsrServer.builder(limited(transcriber, captions.maxAudio()))
                .apiKeys(captions.gatewayKeys())
                .maxSessions(captions.maxSessions())
                .build()
                .route();
    }

    private static Transcriber limited(Transcriber transcriber, DataSize maxAudio) {
        return (audio, options) -> Flux.defer(() -> {
            AudioLimit limit = new AudioLimit(maxAudio);
            Flux<AudioSignal> counted = Flux.<AudioSignal>from(audio).doOnNext(signal -> {
                if (signal instanceof AudioSignal.Chunk chunk) {
                    limit.take(chunk.audio().remaining());
                }
            });
            return transcriber.transcribe(counted, options);
        });
    }

    @Bean
    NettyRouteProvider gateway(
            QwenAsrRoute route,
            Origins origins,
            Hosts hosts,
            Admission admission,
            CaptionsProperties captions,
            ServerProperties server) {
        if (captions.gatewayKeys().isEmpty() && !Hosts.isLocal(server)) {
            log.warn(
                    "the gateway {} is closed: it would be open to the network without a key. Set"
                            + " captions.gateway-keys, or server.address to a loopback address.",
                    Endpoint.PATH);
            return routes -> routes.get(
                    Endpoint.PATH,
                    (request, response) ->
                            response.status(HttpResponseStatus.FORBIDDEN).send());
        }
        return routes -> routes.get(Endpoint.PATH, new GuardedRoute(route, origins, hosts, admission));
    }

    /** Keeps the keys out of the actuator's endpoints, whoever exposes them. */
    @Bean
    SanitizingFunction hiddenGatewayKeys(CaptionsProperties captions) {
        return data -> {
            String value = String.valueOf(data.getValue());
            return captions.gatewayKeys().stream().anyMatch(value::contains) ? data.withSanitizedValue() : data;
        };
    }

    /** Lets the sessions of the gateway come to their end before the HTTP server stops. */
    @Bean
    SmartLifecycle gatewayShutdown(QwenAsrRoute route) {
        return new GatewayShutdown(route);
    }

    private static final class GatewayShutdown implements SmartLifecycle {

        private static final Duration GRACE = Duration.ofSeconds(2);
        private static final Duration STOP_LIMIT = GRACE.plusSeconds(20);

        private final QwenAsrRoute route;
        private volatile boolean running;

        GatewayShutdown(QwenAsrRoute route) {
            this.route = route;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            route.stop(GRACE).block(STOP_LIMIT);
        }

        @Override
        public void stop(Runnable callback) {
            running = false;
            route.stop(GRACE).doFinally(signal -> callback.run()).subscribe();
        }

        @Override
        public boolean isRunning() {
            return running;
        }
    }
}
