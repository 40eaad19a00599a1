package io.qwenasr.samples.benchmarks.sink;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** One session on the server. */
final class SinkSession extends FrameReader {

    private static final int FLOOD_TICK_MILLIS = 10;
    private static final int FLOOD_PER_TICK = 20;
    private static final int FLOOD_TICKS = 500;
    private static final int TICKS_PER_PING = 50;
    private static final Pattern AUDIO = Pattern.compile("\"audio\"\\s*:\\s*\"([^\"]*)\"");

    private final Behaviour behaviour;
    private final RunStats stats;
    private final AppendScan scan;
    private final CRC32 checksum = new CRC32();
    private @Nullable ByteArrayOutputStream fragments;
    private boolean firstSeen;
    private boolean itemOpen;
    private int items;
    private int floodTicks;
    private boolean dirty;

    SinkSession(Behaviour behaviour, RunStats stats, AppendScan scan) {
        this.behaviour = behaviour;
        this.stats = stats;
        this.scan = scan;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        stats.sessions++;
    }

    void greet(ChannelHandlerContext ctx) {
        say(ctx, Messages.CREATED);
        ctx.flush();
    }

    @Override
    void onFrame(ChannelHandlerContext ctx, int opcode, boolean last, ByteBuf bytes, int at, int length, int mask) {
        switch (opcode) {
            case TEXT, CONTINUATION -> {
                if (opcode == TEXT && last) {
                    onMessage(ctx, bytes, at, length, mask);
                } else {
                    onFragment(ctx, last, plain(bytes, at, length, mask));
                }
            }
            case PING -> {
                ctx.write(new PongWebSocketFrame(Unpooled.wrappedBuffer(plain(bytes, at, length, mask))));
                dirty = true;
            }
            case PONG -> onPong(plain(bytes, at, length, mask));
            case CLOSE -> ctx.writeAndFlush(new CloseWebSocketFrame(1000, "")).addListener(ChannelFutureListener.CLOSE);
            default -> throw new IllegalStateException("a frame of opcode " + opcode + ", but only text is sent here");
        }
    }

    private static byte[] plain(ByteBuf bytes, int at, int length, int mask) {
        byte[] plain = new byte[length];
        unmask(bytes, at, 0, plain, length, mask);
        return plain;
    }

    private void onFragment(ChannelHandlerContext ctx, boolean last, byte[] part) {
        ByteArrayOutputStream all = fragments == null ? new ByteArrayOutputStream() : fragments;
        all.writeBytes(part);
        fragments = last ? null : all;
        if (last) {
            onWhole(ctx, all.toString(StandardCharsets.UTF_8));
        }
    }

    private void onMessage(ChannelHandlerContext ctx, ByteBuf bytes, int at, int length, int mask) {
        if (length > 2 * AppendScan.WINDOW && behaviour != Behaviour.VERIFY) {
            int audio = scan.audioBytes(bytes, at, length, mask);
            if (audio >= 0) {
                if (behaviour == Behaviour.ECHO) {
                    stats.arrival.record(System.nanoTime() - scan.stamp());
                }
                onAppend(ctx, audio);
                return;
            }
        }
        onWhole(ctx, new String(plain(bytes, at, length, mask), StandardCharsets.UTF_8));
    }

    private void onWhole(ChannelHandlerContext ctx, String message) {
        if (message.contains("\"input_audio_buffer.append\"")) {
            Matcher member = AUDIO.matcher(message);
            byte[] audio =
                    Base64.getDecoder().decode(member.find() ? member.group(1).replace("\\u003d", "=") : "");
            checksum.update(audio);
            onAppend(ctx, audio.length);
            return;
        }
        stats.otherMessages++;
        if (message.contains("\"session.update\"")) {
            say(
                    ctx,
                    message.matches("(?s).*\"turn_detection\"\\s*:\\s*null.*")
                            ? Messages.UPDATED_MANUAL
                            : Messages.UPDATED);
        } else if (message.contains("\"input_audio_buffer.commit\"")) {
            if (!itemOpen) {
                items++;
            }
            itemOpen = false;
            say(ctx, Messages.committed(items));
            say(ctx, Messages.completed(items));
        } else if (message.contains("\"session.finish\"")) {
            onFinish(ctx);
        }
    }

    private void onFinish(ChannelHandlerContext ctx) {
        floodTicks = FLOOD_TICKS;
        if (itemOpen) {
            say(ctx, Messages.completed(items));
            itemOpen = false;
        }
        stats.finished++;
        stats.checksums.add(checksum.getValue());
        say(ctx, Messages.FINISHED);
    }

    private void onAppend(ChannelHandlerContext ctx, int audioBytes) {
        stats.appends++;
        stats.audioBytes += audioBytes;
        boolean first = !firstSeen;
        firstSeen = true;
        if (behaviour == Behaviour.ECHO) {
            partial(ctx, System.nanoTime());
        } else if (behaviour == Behaviour.STALL && first) {
            ctx.channel().config().setAutoRead(false);
            stats.stalled.add(() -> ctx.channel().config().setAutoRead(true));
        } else if (behaviour == Behaviour.FLOOD && first) {
            flood(ctx);
        }
    }

    private void flood(ChannelHandlerContext ctx) {
        if (floodTicks >= FLOOD_TICKS || !ctx.channel().isActive()) {
            return;
        }
        if (floodTicks % TICKS_PER_PING == 0) {
            stats.pingsSent++;
            ctx.write(new PingWebSocketFrame(Unpooled.copyLong(System.nanoTime())));
        }
        floodTicks++;
        for (int i = 0; i < FLOOD_PER_TICK && ctx.channel().isWritable(); i++) {
            partial(ctx, ++stats.partialsSent);
        }
        ctx.flush();
        ctx.executor().schedule(() -> flood(ctx), FLOOD_TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void onPong(byte[] payload) {
        if (payload.length == Long.BYTES) {
            stats.pongs++;
            stats.pongTimes.record(System.nanoTime() - ByteBuffer.wrap(payload).getLong());
        }
    }

    private void partial(ChannelHandlerContext ctx, long text) {
        if (!itemOpen) {
            itemOpen = true;
            items++;
        }
        say(ctx, Messages.partial(items, text));
    }

    private void say(ChannelHandlerContext ctx, String json) {
        ctx.write(new TextWebSocketFrame(json));
        dirty = true;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (dirty) {
            dirty = false;
            ctx.flush();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
        // A client that aborts resets the connection.
        ctx.close();
    }
}
