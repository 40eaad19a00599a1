package io.qwenasr.reactor.test;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The last piece of a {@link Lane}: cuts bytes into segments and lets them take their time. */
final class Wire {

    private static final int ROOM = 256 << 10;

    /** Bytes that arrive later, or something to do then. */
    private record Travelling(
            @Nullable ByteBuffer bytes, @Nullable Runnable action) {}

    private final Random random;
    private final int maxSegment;
    private final long minNanos;
    private final long maxNanos;
    private final Runnable roomAgain;
    private final ArrayDeque<Travelling> travelling = new ArrayDeque<>();
    private @Nullable Channel sink;
    private int travellingBytes;
    private long lastArrival;
    private int voyage;

    /**
     * Creates a wire.
     *
     * @param maxSegment the most bytes at a time; 0 leaves it to the network
     * @param roomAgain called when there is room after there was none
     */
    Wire(Random random, int maxSegment, Duration min, Duration max, Runnable roomAgain) {
        this.random = random;
        this.maxSegment = maxSegment;
        this.minNanos = min.toNanos();
        this.maxNanos = max.toNanos();
        this.roomAgain = roomAgain;
    }

    void writeTo(Channel channel) {
        sink = channel;
        lastArrival = System.nanoTime();
    }

    boolean hasRoom() {
        Channel to = sink;
        return to != null && to.isWritable() && travellingBytes < ROOM;
    }

    void send(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int length =
                    maxSegment == 0 ? bytes.remaining() : Math.min(bytes.remaining(), 1 + random.nextInt(maxSegment));
            travel(new Travelling(bytes.slice(bytes.position(), length), null), length);
            bytes.position(bytes.position() + length);
        }
    }

    /** Does something once all that was sent has arrived at the socket. */
    void whenEmpty(Runnable action) {
        if (travelling.isEmpty()) {
            action.run();
        } else {
            travel(new Travelling(null, action), 0);
        }
    }

    /** Loses what is on its way. */
    void clear() {
        travelling.clear();
        travellingBytes = 0;
        voyage++;
    }

    private void travel(Travelling piece, int length) {
        Channel to = sink;
        if (to == null) {
            return;
        }
        if (maxNanos == 0) {
            arrive(to, piece);
            return;
        }
        long delay = minNanos + (long) (random.nextDouble() * (maxNanos - minNanos));
        long now = System.nanoTime();
        // No piece overtakes another one.
        lastArrival = now + Math.max(delay, lastArrival - now);
        travelling.add(piece);
        travellingBytes += length;
        int thisVoyage = voyage;
        to.eventLoop()
                .schedule(
                        () -> {
                            if (voyage == thisVoyage) {
                                arriveNext(to);
                            }
                        },
                        lastArrival - now,
                        TimeUnit.NANOSECONDS);
    }

    private void arriveNext(Channel to) {
        Travelling piece = travelling.remove();
        ByteBuffer bytes = piece.bytes();
        if (bytes != null) {
            travellingBytes -= bytes.remaining();
        }
        arrive(to, piece);
        roomAgain.run();
    }

    private static void arrive(Channel to, Travelling piece) {
        ByteBuffer bytes = piece.bytes();
        if (bytes != null) {
            to.writeAndFlush(Unpooled.wrappedBuffer(bytes));
        }
        Runnable action = piece.action();
        if (action != null) {
            action.run();
        }
    }
}
