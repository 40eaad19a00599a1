package io.qwenasr.reactor.test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a proxied connection: cuts what comes into units, asks its {@link Link} what becomes of them,
 * passes them on. Confined to the proxy's event loop.
 */
final class Lane {

    /** A piece on its way out, and what its having passed brings about. */
    private static final class Outgoing {
        private final byte[] bytes;
        private final boolean frame;
        private final Runnable passed;
        private int offset;

        Outgoing(byte[] bytes, boolean frame, Runnable passed) {
            this.bytes = bytes;
            this.frame = frame;
            this.passed = passed;
        }
    }

    private final Direction direction;
    private final Link link;
    private final Wire wire;
    private final StreamScanner scanner;
    private final ArrayDeque<Outgoing> outgoing = new ArrayDeque<>();
    private @Nullable Channel source;
    private @Nullable Channel sink;
    private long passedBytes;
    private int passedFrames;
    private boolean stopped;
    private boolean deaf;
    private boolean awaitingClose;
    private boolean sourceEnded;
    private boolean sinkEnded;
    private boolean working;

    Lane(Direction direction, Link link, Wire wire, boolean frames) {
        this.direction = direction;
        this.link = link;
        this.wire = wire;
        this.scanner = new StreamScanner(frames);
    }

    // ---- ends

    void readFrom(Channel channel) {
        source = channel;
        updateReading();
    }

    void writeTo(Channel channel) {
        sink = channel;
        wire.writeTo(channel);
        work();
    }

    static void nothing() {}

    // ---- from the source

    void received(ByteBuf data) {
        if (!deaf) {
            scanner.add(data);
            work();
        } else if (awaitingClose) {
            scanner.add(data);
            for (StreamScanner.Unit unit = scanner.next(); unit != null; unit = scanner.next()) {
                if (unit instanceof StreamScanner.Message message && message.opcode() == WebSocketFrames.CLOSE) {
                    awaitingClose = false;
                    link.cutNow();
                    return;
                }
            }
        }
    }

    void sourceEnded() {
        sourceEnded = true;
        work();
    }

    // ---- what happens to it

    /** Passes on a piece as it is, after what is on its way. */
    void insert(byte[] bytes, boolean frame) {
        enqueue(bytes, frame, Lane::nothing);
        work();
    }

    void enqueue(byte[] bytes, boolean frame, Runnable passed) {
        outgoing.add(new Outgoing(bytes, frame, passed));
    }

    void enqueue(List<byte[]> pieces, boolean frames, Runnable passed) {
        for (int i = 0; i < pieces.size(); i++) {
            enqueue(pieces.get(i), frames, i == pieces.size() - 1 ? passed : Lane::nothing);
        }
    }

    void stop() {
        stopped = true;
        updateReading();
    }

    void resume() {
        if (stopped) {
            stopped = false;
            work();
        }
    }

    /** Swallows what comes from here on; what is on its way still passes. */
    void swallow() {
        deaf = true;
        scanner.clear();
        updateReading();
    }

    /** Swallows what comes, and ends the link at the peer's Close frame. */
    void swallowUntilClose() {
        swallow();
        awaitingClose = true;
    }

    /** Passes nothing on any more. */
    void silence() {
        swallow();
        outgoing.clear();
        wire.clear();
    }

    boolean isDeaf() {
        return deaf;
    }

    void giveUpFrames() {
        scanner.giveUp();
    }

    /** Ends the sink (FIN) after what is on the wire; then waits for its peer to do the same, not for long. */
    void endSink() {
        if (sinkEnded) {
            return;
        }
        sinkEnded = true;
        swallow();
        outgoing.clear();
        Channel channel = sink;
        if (channel == null) {
            return;
        }
        wire.whenEmpty(() -> channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            ((DuplexChannel) channel).shutdownOutput();
            link.closeSoon(channel);
        }));
    }

    // ---- passing on

    void work() {
        if (working || sink == null) {
            return;
        }
        working = true;
        try {
            while (!stopped) {
                Outgoing next = outgoing.peek();
                if (next != null) {
                    pass(next);
                } else {
                    StreamScanner.Unit unit = nextUnit();
                    if (unit == null) {
                        break;
                    }
                    link.onUnit(direction, unit);
                }
            }
        } finally {
            working = false;
        }
        if (sourceEnded && !stopped && !deaf && outgoing.isEmpty()) {
            endSink();
        }
        updateReading();
    }

    private StreamScanner.@Nullable Unit nextUnit() {
        if (deaf) {
            return null;
        }
        StreamScanner.Unit unit = scanner.next();
        if (unit == null && sourceEnded) {
            // What will never be whole is passed on as it is.
            scanner.giveUp();
            unit = scanner.next();
        }
        return unit;
    }

    private void pass(Outgoing piece) {
        while (piece.offset < piece.bytes.length && !stopped && outgoing.peek() == piece) {
            int remaining = piece.bytes.length - piece.offset;
            int take = (int) Math.min(remaining, link.bytesToNextMoment(direction, passedBytes));
            passedBytes += take;
            boolean endsFrame = piece.frame && take == remaining;
            if (endsFrame) {
                passedFrames++;
            }
            // Before they are sent, so that whoever has received them finds them counted.
            link.count(direction, passedBytes, passedFrames);
            wire.send(ByteBuffer.wrap(piece.bytes, piece.offset, take).slice());
            piece.offset += take;
            link.onBytes(direction, take, passedBytes);
        }
        if (piece.offset == piece.bytes.length && outgoing.peek() == piece) {
            outgoing.remove();
            if (piece.frame) {
                link.onFrames(direction, passedFrames);
            }
            piece.passed.run();
        }
    }

    void updateReading() {
        Channel from = source;
        if (from != null) {
            boolean room = deaf || (sink != null && wire.hasRoom());
            from.config().setAutoRead(!stopped && room);
        }
    }
}
