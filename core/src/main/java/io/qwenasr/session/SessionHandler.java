package io.qwenasr.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.PromiseNotifier;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What both sides of the protocol do alike: control frames, the closing handshake, batched flushes.
 *
 * <p>The session owns the Close frame. One is sent at most, always with a code; whatever else in the pipeline
 * wants to send one (reactor-netty's bridge does) has its promise tied to the end of the channel instead.
 */
abstract class SessionHandler extends ChannelDuplexHandler {

    private static final int MAX_REASON_BYTES = 123;

    private final Duration closeTimeout;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ChannelHandlerContext encoderContext;
    private boolean closeSent;
    private boolean closeReceived;
    private final Runnable flush = this::flushNow;
    private boolean flushScheduled;

    SessionHandler(Duration closeTimeout) {
        this.closeTimeout = closeTimeout;
    }

    /** The session may begin: the channel is open and this handler in its pipeline. */
    abstract void onOpen(ChannelHandlerContext ctx);

    /** The peer has sent something, whatever it is; what it is comes next. */
    void onSignOfLife() {}

    abstract void onText(ByteBuf json);

    abstract void onBinary(ByteBuf content);

    /** The peer closes. Its Close frame has been answered. */
    abstract void onPeerClose(int code, String reason);

    /** The channel is gone, with or without a Close frame before. */
    abstract void onDisconnected(@Nullable Throwable cause);

    abstract void onTransportError(Throwable cause);

    abstract void onWritabilityChanged();

    public final ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("the session is not in a pipeline");
        }
        return ctx;
    }

    final boolean isClosing() {
        return closeSent || closeReceived;
    }

    /** Writes a text frame; it leaves at the end of this turn of the event loop. Takes over the reference. */
    final Future<Void> send(ByteBuf json) {
        Future<Void> written = context().write(new TextWebSocketFrame(json));
        scheduleFlush();
        return written;
    }

    /**
     * Writes a whole frame behind the WebSocket encoder, where TLS still sees it; it leaves at the end of this
     * turn of the event loop. Takes over the reference.
     */
    public final Future<Void> sendFrame(ByteBuf frame) {
        Future<Void> written = encoderContext(frame).write(frame);
        scheduleFlush();
        return written;
    }

    private ChannelHandlerContext encoderContext(ByteBuf frame) {
        ChannelHandlerContext encoder = encoderContext;
        if (encoder == null) {
            encoder = context().pipeline().context(WebSocketFrameEncoder.class);
            if (encoder == null) {
                frame.release();
                throw new IllegalStateException("there is no WebSocketFrameEncoder in the pipeline of the session");
            }
            encoderContext = encoder;
        }
        return encoder;
    }

    final Future<Void> sendPing() {
        return context().writeAndFlush(new PingWebSocketFrame());
    }

    /** Shows that this side is there, unasked (RFC 6455, 5.5.3). */
    final void sendPong() {
        context().writeAndFlush(new PongWebSocketFrame());
    }

    private void scheduleFlush() {
        if (!flushScheduled) {
            flushScheduled = true;
            context().executor().execute(flush);
        }
    }

    private void flushNow() {
        flushScheduled = false;
        context().flush();
    }

    /** Sends the one Close frame; the channel ends with the peer's answer or after the close timeout. */
    final void close(int code, String reason) {
        ChannelHandlerContext ctx = context();
        if (closeSent || !ctx.channel().isActive()) {
            return;
        }
        closeSent = true;
        ctx.writeAndFlush(new CloseWebSocketFrame(code, boundedReason(reason)));
        if (closeReceived) {
            ctx.close();
        } else {
            closeInTime(ctx);
        }
    }

    private void closeInTime(ChannelHandlerContext ctx) {
        Future<?> deadline = ctx.executor().schedule(() -> ctx.close(), closeTimeout.toNanos(), TimeUnit.NANOSECONDS);
        ctx.channel().closeFuture().addListener(f -> deadline.cancel(false));
    }

    /** Cuts the reason so that the control frame stays within its 125 bytes (RFC 6455, 5.5), between characters. */
    private static String boundedReason(String reason) {
        CharBuffer chars = CharBuffer.wrap(reason);
        StandardCharsets.UTF_8.newEncoder().encode(chars, ByteBuffer.allocate(MAX_REASON_BYTES), true);
        return reason.substring(0, chars.position());
    }

    @Override
    public final void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().isActive()) {
            onOpen(ctx);
        }
    }

    @Override
    public final void channelActive(ChannelHandlerContext ctx) {
        onOpen(ctx);
        ctx.fireChannelActive();
    }

    @Override
    public final void handlerRemoved(ChannelHandlerContext ctx) {
        onDisconnected(null);
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        onDisconnected(null);
        ctx.fireChannelInactive();
    }

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext ctx) {
        onWritabilityChanged();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        onTransportError(cause);
    }

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object msg) {
        onSignOfLife();
        if (msg instanceof PingWebSocketFrame ping) {
            ctx.writeAndFlush(new PongWebSocketFrame(ping.content()));
            return;
        }
        try {
            if (msg instanceof TextWebSocketFrame text) {
                onText(text.content());
            } else if (msg instanceof BinaryWebSocketFrame binary) {
                onBinary(binary.content());
            } else if (msg instanceof CloseWebSocketFrame close) {
                onClose(ctx, close);
            } else if (msg instanceof ContinuationWebSocketFrame) {
                onTransportError(new IllegalStateException("a fragmented message was not put together"));
            } else if (!(msg instanceof PongWebSocketFrame)) {
                ctx.fireChannelRead(ReferenceCountUtil.retain(msg));
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }

    private void onClose(ChannelHandlerContext ctx, CloseWebSocketFrame frame) {
        if (closeReceived) {
            return;
        }
        closeReceived = true;
        int code = frame.statusCode() < 0 ? WebSocketCloseStatus.EMPTY.code() : frame.statusCode();
        String reason = frame.reasonText();
        if (closeSent) {
            ctx.close();
        } else {
            closeSent = true;
            int echoed = WebSocketCloseStatus.isValidStatusCode(code) && code != WebSocketCloseStatus.EMPTY.code()
                    ? code
                    : WebSocketCloseStatus.NORMAL_CLOSURE.code();
            ctx.writeAndFlush(new CloseWebSocketFrame(echoed, "")).addListener(f -> ctx.close());
            // A peer that closes and reads no more would keep the answer, and the connection, for ever.
            closeInTime(ctx);
        }
        onPeerClose(code, reason);
    }

    @Override
    public final void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof CloseWebSocketFrame) {
            ReferenceCountUtil.release(msg);
            ctx.channel().closeFuture().addListener(new PromiseNotifier<>(promise));
        } else {
            ctx.write(msg, promise);
        }
    }
}
