package io.qwenasr.reactor;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a server answered instead of an upgrade: Netty's own exception keeps no body.
 *
 * <p>Written on the event loop and read by the end of the attempt, which happens after it.
 */
final class HandshakeResponse extends ChannelInboundHandlerAdapter {

    private static final int MAX_BODY_BYTES = 4_096;
    private static final Set<String> KEPT_HEADERS = Set.of(
            "retry-after", "x-request-id", "x-dashscope-request-id", "content-type", "www-authenticate", "location");

    private final Map<String, String> headers = new HashMap<>();
    private final StringBuilder body = new StringBuilder();
    private volatile int status;

    /** Returns the HTTP status of a refusal, or 0 if there was none. */
    int refusedStatus() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    @Nullable String body() {
        return body.isEmpty() ? null : body.toString();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof HttpResponse response) {
            if (response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
                ctx.pipeline().remove(this);
            } else {
                response.headers().forEach(header -> {
                    String name = header.getKey().toLowerCase(Locale.ROOT);
                    if (KEPT_HEADERS.contains(name)) {
                        headers.put(name, header.getValue());
                    }
                });
                status = response.status().code();
            }
        }
        if (status != 0 && msg instanceof HttpContent content) {
            int room = MAX_BODY_BYTES - body.length();
            int take = Math.min(room, content.content().readableBytes());
            if (take > 0) {
                body.append(content.content().toString(content.content().readerIndex(), take, StandardCharsets.UTF_8));
            }
        }
        ctx.fireChannelRead(msg);
    }
}
