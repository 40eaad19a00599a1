package io.qwenasr.samples.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Ways to mask the 4,346 bytes of an append's JSON. What this library's way costs within a whole append is in {@link
 * FrameBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MaskBenchmark {

    private static final int BYTES = 4_346;

    private final SecureRandom random = new SecureRandom();
    private final byte[] array = new byte[BYTES];
    private final byte[] pattern = pattern();
    private final ByteBuf direct = ByteBufAllocator.DEFAULT.directBuffer(BYTES).writeZero(BYTES);
    private final EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameEncoder(true));

    private static byte[] pattern() {
        byte[] pattern = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            pattern[i] = (byte) ((i & 3) + 1);
        }
        return pattern;
    }

    /** Netty's frame encoder, with an embedded channel around it. */
    @Benchmark
    public int nettyEncoder() {
        channel.writeOutbound(new TextWebSocketFrame(direct.retainedDuplicate()));
        int bytes = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            bytes += out.readableBytes();
            out.release();
        }
        return bytes;
    }

    /** A byte at a time in an array, against a pattern as long: the JIT compiler makes vectors of it. */
    @Benchmark
    public byte[] patternLoop() {
        for (int i = 0; i < array.length; i++) {
            array[i] ^= pattern[i];
        }
        return array;
    }

    /** Eight bytes at a time in a direct buffer. */
    @Benchmark
    public ByteBuf longLoop() {
        int i = 0;
        for (; i + Long.BYTES <= BYTES; i += Long.BYTES) {
            direct.setLong(i, direct.getLong(i) ^ 0x0102030401020304L);
        }
        for (; i < BYTES; i++) {
            direct.setByte(i, direct.getByte(i) ^ (i & 3) + 1);
        }
        return direct;
    }

    /** A key from a cryptographic source, asked for each frame. */
    @Benchmark
    public int keyFromSecureRandom() {
        return random.nextInt();
    }
}
