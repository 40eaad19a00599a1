package io.qwenasr.reactor;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a server answers instead of an upgrade, to the end or as far as it is of use: the WebSocket
 * handshaker behind it would keep no body, and none at all of a large one.
 *
 * <p>Written on the event loop and read by the end of the attempt, which happens after it.
 */
final class HandshakeResponse extends ChannelInboundHandlerAdapter {

    private static final int MAX_BODY_CHARS = 4_096;

    /** The body only explains: a refusal is not held back for one that does not come. */
    private static final long BODY_MILLIS = 500;

    private static final Set<String> KEPT_HEADERS = Set.of(
            "retry-after", "x-request-id", "x-dashscope-request-id", "content-type", "www-authenticate", "location");

    private final Map<String, String> headers = new HashMap<>();
    private final StringBuilder body = new StringBuilder();
    private final @Nullable String secret;
    private volatile int status;
    private @Nullable Throwable malformed;
    private @Nullable Future<?> bodyDeadline;

    /**
     * Creates a handler for one channel.
     *
     * @param secret the API key that was sent; kept out of what is shown, though a server may echo it
     */
    HandshakeResponse(@Nullable String secret) {
        this.secret = secret;
    }

    /** Returns the HTTP status of a refusal, or 0 if there was none. */
    int refusedStatus() {
        return status;
    }

    /** Returns what is wrong with an answer that is not HTTP, or null if none came. */
    @Nullable Throwable malformed() {
        return malformed;
    }

    Map<String, String> headers() {
        return headers;
    }

    @Nullable String body() {
        return body.isEmpty() ? null : withoutSecret(body.toString());
    }

    private String withoutSecret(String text) {
        return secret == null ? text : text.replace(secret, "***");
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof HttpResponse response) {
            if (response.decoderResult().isFailure()) {
                Throwable cause = response.decoderResult().cause();
                // An answer that is cut off is a lost connection, whatever it would have been.
                malformed = cause instanceof PrematureChannelClosureException ? null : cause;
                ReferenceCountUtil.release(msg);
                ctx.close();
                return;
            }
            if (response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
                ctx.pipeline().remove(this);
                ctx.fireChannelRead(msg);
                return;
            }
            keepHeaders(response);
            status = response.status().code();
            bodyDeadline = ctx.executor().schedule(() -> ctx.close(), BODY_MILLIS, TimeUnit.MILLISECONDS);
        }
        try {
            if (msg instanceof HttpContent content) {
                keepBody(content);
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
        if (msg instanceof LastHttpContent || body.length() >= MAX_BODY_CHARS) {
            ctx.close();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (bodyDeadline != null) {
            bodyDeadline.cancel(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        if (status != 0) {
            // Nobody behind asks for the rest of a body that nobody behind sees.
            ctx.read();
        }
    }

    private void keepHeaders(HttpResponse response) {
        response.headers().forEach(header -> {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (KEPT_HEADERS.contains(name)) {
                headers.put(name, withoutSecret(header.getValue()));
            }
        });
    }

    private void keepBody(HttpContent content) {
        int take = Math.min(MAX_BODY_CHARS - body.length(), content.content().readableBytes());
        if (take > 0) {
            body.append(content.content().toString(content.content().readerIndex(), take, StandardCharsets.UTF_8));
        }
    }
}
