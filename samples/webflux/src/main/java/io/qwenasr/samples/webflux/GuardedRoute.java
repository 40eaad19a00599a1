package io.qwenasr.samples.webflux;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.qwenasr.reactor.QwenAsrRoute;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The gateway does not go through Spring's filters, so their rules are kept here once more. */
final class GuardedRoute implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

    private final QwenAsrRoute route;
    private final Origins origins;
    private final Hosts hosts;
    private final Admission admission;

    GuardedRoute(QwenAsrRoute route, Origins origins, Hosts hosts, Admission admission) {
        this.route = route;
        this.origins = origins;
        this.hosts = hosts;
        this.admission = admission;
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        String host = request.requestHeaders().get(HttpHeaderNames.HOST);
        if (!hosts.allows(host)) {
            return response.status(HttpResponseStatus.MISDIRECTED_REQUEST).send();
        }
        String origin = request.requestHeaders().get(HttpHeaderNames.ORIGIN);
        if (!origins.allows(origin, host)) {
            return response.status(HttpResponseStatus.FORBIDDEN).send();
        }
        Admission.Place place;
        try {
            place = admission.take(Clients.of(request.remoteAddress()));
        } catch (Refusal full) {
            return response.status(full.status().value())
                    .header(HttpHeaderNames.RETRY_AFTER, "5")
                    .sendString(Mono.just(String.valueOf(full.getMessage())));
        }
        // A session lasts as long as its connection; after a refusal the connection may go on to other things.
        request.withConnection(connection -> connection.channel().closeFuture().addListener(closed -> place.close()));
        return Mono.from(route.apply(request, response)).doFinally(answered -> {
            if (response.status().code() >= HttpResponseStatus.BAD_REQUEST.code()) {
                place.close();
            }
        });
    }
}
