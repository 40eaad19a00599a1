package io.qwenasr.samples.benchmarks.sink;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Answers the handshake, and questions about runs: {@code GET /stats/{run}}, {@code /resume/…}, {@code /forget/…}. */
final class Upgrade extends SimpleChannelInboundHandler<FullHttpRequest> {

    private final Map<String, RunStats> runs;
    private final AppendScan scan;

    Upgrade(Map<String, RunStats> runs, AppendScan scan) {
        this.runs = runs;
        this.scan = scan;
    }

    static Map<String, RunStats> noRuns() {
        return new ConcurrentHashMap<>();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        String[] path = new QueryStringDecoder(request.uri()).path().split("/", 4);
        if (path.length < 3) {
            answer(ctx, HttpResponseStatus.NOT_FOUND, "the path is /behaviour/run or /stats/run, not " + request.uri());
            return;
        }
        RunStats stats = runs.computeIfAbsent(path[2], run -> new RunStats());
        switch (path[1]) {
            case "stats" -> answer(ctx, HttpResponseStatus.OK, stats.toLines());
            case "resume" -> {
                stats.resume();
                answer(ctx, HttpResponseStatus.OK, stats.toLines());
            }
            case "forget" -> {
                stats.forgetLatencies();
                answer(ctx, HttpResponseStatus.OK, stats.toLines());
            }
            default -> upgrade(ctx, request, new SinkSession(Behaviour.of(path[1]), stats, scan));
        }
    }

    private void upgrade(ChannelHandlerContext ctx, FullHttpRequest request, SinkSession session) {
        WebSocketServerHandshaker handshaker = new WebSocketServerHandshakerFactory(
                        "ws://" + request.headers().get("host") + request.uri(),
                        null,
                        WebSocketDecoderConfig.newBuilder()
                                .allowMaskMismatch(false)
                                .build())
                .newHandshaker(request);
        if (handshaker == null) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(ctx.channel());
            return;
        }
        handshaker.handshake(ctx.channel(), request).addListener(done -> {
            if (done.isSuccess()) {
                ctx.pipeline().replace(WebSocketFrameDecoder.class, "session", session);
                ctx.pipeline().remove(this);
                session.greet(ctx.pipeline().context(session));
            }
        });
    }

    private static void answer(ChannelHandlerContext ctx, HttpResponseStatus status, String text) {
        ctx.writeAndFlush(new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
