package io.qwenasr.reactor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.session.ClientSession;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.util.context.Context;

/**
 * Brings a session to its socket through reactor-netty, and ends the attempt if that takes too long.
 *
 * <p>Cancellation is never forwarded into reactor-netty, which then may leak a socket that races the 101
 * answer: the session sends its Close once it is connected, or the channel is closed at the deadline.
 */
final class ClientConnection {

    private static final String SESSION_HANDLER = "qwenAsr.session";

    // As one of the codecs on the left, it stays ahead of the aggregator, which refuses a large body unseen.
    private static final String RESPONSE_HANDLER = NettyPipeline.LEFT + "qwenAsrHandshakeResponse";

    private final ClientConfig config;
    private final SessionOptions options;
    private final ClientSession session;
    private volatile HandshakeResponse response = new HandshakeResponse(null);
    private volatile @Nullable String key;
    private final AtomicReference<@Nullable Disposable> deadline = new AtomicReference<>();
    private volatile @Nullable Channel channel;
    private volatile boolean abandoned;
    private volatile boolean expired;

    ClientConnection(ClientConfig config, SessionOptions options, ClientSession session) {
        this.config = config;
        this.options = options;
        this.session = session;
    }

    /**
     * Adds what all sessions of a client share. A pool of connections is one for each set of such settings, so what
     * is a session's own is no setting, and comes by the context of its subscription.
     *
     * @param connectTimeout for a client that has none of its own
     */
    static HttpClient prepare(HttpClient http, Duration connectTimeout) {
        ChannelOption<Integer> option = ChannelOption.CONNECT_TIMEOUT_MILLIS;
        HttpClient limited = http.configuration().options().containsKey(option)
                ? http
                : http.option(option, (int) Math.max(1, Math.min(Integer.MAX_VALUE, connectTimeout.toMillis())));
        return limited.protocol(HttpProtocol.HTTP11)
                .disableRetry(true)
                .doOnChannelInit((observer, ch, remote) ->
                        observer.currentContext().get(ClientConnection.class).onChannel(ch));
    }

    void open() {
        if (abandoned) {
            return;
        }
        HttpClient http;
        try {
            String read = Headers.readKey(config.apiKey());
            key = read;
            http = config.httpClient().headers(headers -> Headers.write(config, headers, read));
        } catch (RuntimeException e) {
            session.fail(e);
            return;
        }
        schedule(config.handshakeTimeout(), this::onHandshakeTimeout);
        http.websocket(WebsocketClientSpec.builder()
                        .maxFramePayloadLength(config.maxFrameBytes())
                        .handlePing(true)
                        .build())
                .uri(config.endpoint().forModel(Objects.requireNonNullElse(options.model(), config.model())))
                .handle((in, out) -> install(in))
                .subscribe(new Outcome());
    }

    /** The subscriber is gone while connecting: what comes about is closed, at the latest after the close timeout. */
    void abandon() {
        abandoned = true;
        if (deadline.get() != null) {
            schedule(config.session().closeTimeout(), this::closeChannel);
        }
    }

    /** Called once for each address that is tried. */
    private void onChannel(Channel ch) {
        channel = ch;
        response = new HandshakeResponse(key);
        ch.pipeline().addAfter(NettyPipeline.HttpCodec, RESPONSE_HANDLER, response);
        if (expired) {
            ch.close();
        }
    }

    private Publisher<Void> install(WebsocketInbound in) {
        cancelDeadline();
        in.aggregateFrames(config.maxFrameBytes());
        Sinks.Empty<Void> end = Sinks.empty();
        in.withConnection(connection -> {
            connection.addHandlerLast(SESSION_HANDLER, session.handler());
            connection.channel().closeFuture().addListener(closed -> end.tryEmitEmpty());
            // Reading must not wait for a subscriber of receive(): there is none, the session takes the frames.
            connection.channel().config().setAutoRead(true);
        });
        return end.asMono();
    }

    private void onHandshakeTimeout() {
        // A refusal whose body has yet to come is told by the end of the channel.
        if (response.refusedStatus() == 0) {
            session.fail(new SessionTimeoutException(
                    SessionTimeoutException.Awaited.HANDSHAKE,
                    "answer from " + config.endpoint().uri() + " to the WebSocket handshake",
                    config.handshakeTimeout(),
                    SessionPhase.CONNECTING,
                    null));
        }
        closeChannel();
    }

    /** Closes the channel, also one that comes about only after this. */
    private void closeChannel() {
        expired = true;
        Channel ch = channel;
        if (ch != null) {
            ch.close();
        }
    }

    private void schedule(Duration delay, Runnable action) {
        Disposable next = Schedulers.parallel().schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
        Disposable previous = deadline.getAndSet(next);
        if (previous != null) {
            previous.dispose();
        }
    }

    private void cancelDeadline() {
        Disposable current = deadline.getAndSet(null);
        if (current != null) {
            current.dispose();
        }
    }

    /** How the attempt ended; after the upgrade the session itself knows better. */
    private final class Outcome implements CoreSubscriber<Void> {
        @Override
        public Context currentContext() {
            return Context.of(ClientConnection.class, ClientConnection.this);
        }

        @Override
        public void onSubscribe(Subscription s) {
            s.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Void nothing) {}

        @Override
        public void onError(Throwable error) {
            cancelDeadline();
            session.fail(ConnectErrors.translate(config.endpoint(), error, response));
        }

        @Override
        public void onComplete() {
            cancelDeadline();
            // Only if the channel ended before the session was in it; the session tells of everything later.
            session.fail(new ConnectionClosedException(
                    ConnectionClosedException.NO_CLOSE_FRAME, "", SessionPhase.CONNECTING, null, null));
        }
    }
}
