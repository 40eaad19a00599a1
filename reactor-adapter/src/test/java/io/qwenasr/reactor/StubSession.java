package io.qwenasr.reactor;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.qwenasr.codec.ClientEvent;
import io.qwenasr.codec.ClientEvents;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * One connection of a {@link StubServer}: accepts the configuration, digests the audio, answers a finish. Reading,
 * events and pings are up to the test.
 */
final class StubSession extends SimpleChannelInboundHandler<WebSocketFrame> {

    private static final String CREATED =
            "{\"type\":\"session.created\",\"session\":{\"id\":\"sess_1\",\"object\":\"realtime.session\"}}";
    private static final String UPDATED = "{\"type\":\"session.updated\",\"session\":{\"id\":\"sess_1\"}}";
    private static final String FINISHED = "{\"type\":\"session.finished\"}";

    private final Consumer<StubSession> onReady;
    private final MessageDigest digest = sha256();
    private final Queue<String> pongs = new ConcurrentLinkedQueue<>();
    private final Queue<Integer> closes = new ConcurrentLinkedQueue<>();
    private volatile Channel channel;
    private final AtomicLong appends = new AtomicLong();
    private final AtomicLong audioBytes = new AtomicLong();
    private volatile LongConsumer onAppend = n -> {};

    StubSession(Consumer<StubSession> onReady) {
        this.onReady = onReady;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        if (frame instanceof TextWebSocketFrame) {
            onEvent(ClientEvents.decode(frame.content()));
        } else if (frame instanceof PongWebSocketFrame) {
            pongs.add(frame.content().toString(StandardCharsets.UTF_8));
        } else if (frame instanceof CloseWebSocketFrame close) {
            closes.add(close.statusCode());
            ctx.writeAndFlush(new CloseWebSocketFrame(close.statusCode(), "")).addListener(sent -> ctx.close());
        }
    }

    private void onEvent(ClientEvent event) {
        if (event instanceof ClientEvent.SessionUpdate) {
            send(CREATED);
            onReady.accept(this);
            send(UPDATED);
        } else if (event instanceof ClientEvent.Append append) {
            digest.update(append.audio());
            audioBytes.addAndGet(append.audio().remaining());
            // Counted last: who waits for the count may undo at once what was to be done at it.
            long number = appends.get() + 1;
            onAppend.accept(number);
            appends.set(number);
        } else if (event instanceof ClientEvent.Finish) {
            send(FINISHED);
        }
    }

    /** Sets what to do with the number of each append, on the event loop. */
    void onAppend(LongConsumer action) {
        onAppend = action;
    }

    void send(String json) {
        channel.writeAndFlush(new TextWebSocketFrame(json));
    }

    void stopReading() {
        channel.config().setAutoRead(false);
    }

    /** Takes some of what the socket has. */
    void readOnce() {
        channel.read();
    }

    /** Waits until what it has read is counted. */
    void awaitTurn() {
        channel.eventLoop().submit(() -> {}).syncUninterruptibly();
    }

    void resumeReading() {
        channel.config().setAutoRead(true);
    }

    /** Pings and waits for the answer; by then the client has seen all that was sent before. */
    void pingAndAwaitPong(String content) {
        channel.writeAndFlush(new PingWebSocketFrame(Unpooled.copiedBuffer(content, StandardCharsets.UTF_8)));
        String answer = Await.next("a pong", pongs);
        if (!content.equals(answer)) {
            throw new AssertionError("the ping " + content + " was answered by " + answer);
        }
    }

    /** Waits for the client's Close frame and returns its code. */
    int awaitClose() {
        return Await.next("a Close frame", closes);
    }

    long appends() {
        return appends.get();
    }

    long audioBytes() {
        return audioBytes.get();
    }

    /** SHA-256 of all audio; once, when no more comes. */
    String digest() {
        return channel.eventLoop()
                .submit(() -> HexFormat.of().formatHex(digest.digest()))
                .syncUninterruptibly()
                .getNow();
    }
}
