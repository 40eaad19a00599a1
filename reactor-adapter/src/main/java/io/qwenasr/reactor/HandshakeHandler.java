package io.qwenasr.reactor;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.qwenasr.AudioSignal;
import io.qwenasr.session.ServerSession;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;

/** Answers handshakes on any path: key and limits are checked before anything is upgraded. */
final class HandshakeHandler implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

    private static final String SESSION_HANDLER = "qwenAsr.session";
    private static final String VERSION = WebSocketVersion.V13.toHttpHeaderValue();

    private final ServerConfig config;
    private final ServerSessions sessions;
    private final WebsocketServerSpec spec;

    HandshakeHandler(ServerConfig config, ServerSessions sessions) {
        this.config = config;
        this.sessions = sessions;
        this.spec = WebsocketServerSpec.builder()
                .maxFramePayloadLength(config.maxFrameBytes())
                .handlePing(true)
                .compress(false)
                .build();
    }

    /** Answers like {@link #apply}, on the path of the protocol and nowhere else. */
    Publisher<Void> applyOnPath(HttpServerRequest request, HttpServerResponse response) {
        return new QueryStringDecoder(request.uri()).path().equals(Endpoint.PATH)
                ? apply(request, response)
                : refuse(response, HttpResponseStatus.NOT_FOUND, "InvalidParameter", "url error");
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        if (!isUpgrade(request)) {
            return requireUpgrade(response, "a WebSocket handshake is needed");
        }
        int key = config.apiKeys().find(request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION));
        if (key == ApiKeys.REFUSED) {
            return refuse(response, HttpResponseStatus.UNAUTHORIZED, "InvalidApiKey", "Invalid API-key provided.");
        }
        HttpHeaders headers = request.requestHeaders();
        if (!headers.contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION, false)) {
            response.header(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
            return requireUpgrade(response, "the WebSocket version must be " + VERSION);
        }
        if (!headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                || !headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
            return refuse(
                    response,
                    HttpResponseStatus.BAD_REQUEST,
                    "InvalidParameter",
                    "a WebSocket handshake needs Connection: Upgrade and a Sec-WebSocket-Key");
        }
        Sinks.Empty<Void> end = Sinks.empty();
        ServerSessions.Place[] place = {ServerSessions.Place.FULL};
        request.withConnection(connection -> {
            place[0] = sessions.reserve(connection.channel(), key);
            connection.channel().closeFuture().addListener(closed -> end.tryEmitEmpty());
        });
        if (place[0] != ServerSessions.Place.GIVEN) {
            response.header(HttpHeaderNames.RETRY_AFTER, "5");
        }
        if (place[0] == ServerSessions.Place.KEY_FULL) {
            return refuse(
                    response,
                    HttpResponseStatus.TOO_MANY_REQUESTS,
                    "Throttling",
                    "too many sessions with this API key");
        }
        if (place[0] == ServerSessions.Place.FULL) {
            return refuse(
                    response,
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "ServiceUnavailable",
                    sessions.isDraining() ? "the server is stopping" : "too many sessions");
        }
        String model = first(new QueryStringDecoder(request.uri()).parameters().get("model"));
        return response.sendWebsocket(
                (in, out) -> {
                    install(in, model);
                    return end.asMono();
                },
                spec);
    }

    private void install(WebsocketInbound in, @Nullable String model) {
        ServerSession session = new ServerSession(
                (audio, options) -> config.transcriber().transcribe(Flux.<AudioSignal>from(audio), options),
                model,
                config.session());
        in.aggregateFrames(config.maxFrameBytes());
        in.withConnection(connection -> {
            Channel channel = connection.channel();
            sessions.add(channel, session);
            connection.addHandlerLast(SESSION_HANDLER, session.handler());
            // Reading must not wait for a subscriber of receive(): there is none, the session takes the frames.
            channel.config().setAutoRead(true);
        });
    }

    private static boolean isUpgrade(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET)
                && request.requestHeaders().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    private static Publisher<Void> requireUpgrade(HttpServerResponse response, String message) {
        response.header(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        return refuse(response, HttpResponseStatus.UPGRADE_REQUIRED, "InvalidParameter", message);
    }

    private static @Nullable String first(@Nullable List<String> values) {
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    private static Publisher<Void> refuse(
            HttpServerResponse response, HttpResponseStatus status, String code, String message) {
        String body =
                "{\"code\":\"" + code + "\",\"message\":\"" + message + "\",\"request_id\":\"" + requestId() + "\"}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return response.status(status)
                .header(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(bytes.length))
                .sendObject(Unpooled.wrappedBuffer(bytes));
    }

    /** Names the answer in logs and opens nothing: a secure source of randomness might block. */
    private static UUID requestId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong());
    }
}
