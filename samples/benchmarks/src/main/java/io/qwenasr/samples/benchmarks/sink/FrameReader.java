package io.qwenasr.samples.benchmarks.sink;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Arrays;

/**
 * Finds the frames of a client in the bytes from the socket, where they are; only a frame that two reads share is
 * copied.
 */
abstract class FrameReader extends ChannelInboundHandlerAdapter {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int MAX_PAYLOAD = 16 << 20;

    private byte[] rest = new byte[16_384];
    private int held;

    /**
     * A frame is there.
     *
     * @param bytes a buffer of which it is a part; not to be kept
     * @param at where the payload begins
     * @param mask what the payload is masked with, its first byte in the highest bits
     */
    abstract void onFrame(
            ChannelHandlerContext ctx, int opcode, boolean last, ByteBuf bytes, int at, int length, int mask);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (held > 0 && in.isReadable()) {
                complete(ctx, in);
            }
            int size = frameSize(in, in.readerIndex(), in.readableBytes());
            while (size > 0 && size <= in.readableBytes()) {
                deliver(ctx, in, in.readerIndex());
                in.skipBytes(size);
                size = frameSize(in, in.readerIndex(), in.readableBytes());
            }
            hold(in, in.readableBytes());
        } finally {
            in.release();
        }
    }

    private void complete(ChannelHandlerContext ctx, ByteBuf in) {
        ByteBuf start = Unpooled.wrappedBuffer(rest, 0, held);
        int size = frameSize(start, 0, held);
        if (size == 0) {
            hold(in, 1);
            return;
        }
        hold(in, Math.min(size - held, in.readableBytes()));
        if (held == size) {
            deliver(ctx, Unpooled.wrappedBuffer(rest, 0, size), 0);
            held = 0;
        }
    }

    private void hold(ByteBuf in, int bytes) {
        if (held + bytes > rest.length) {
            rest = Arrays.copyOf(rest, Math.max(rest.length * 2, held + bytes));
        }
        in.readBytes(rest, held, bytes);
        held += bytes;
    }

    /** Returns the size of the frame that begins there, or 0 if too little of it is there to tell. */
    private static int frameSize(ByteBuf in, int at, int available) {
        if (available < 2) {
            return 0;
        }
        int second = in.getByte(at + 1);
        if (second >= 0) {
            throw new IllegalStateException("a client must mask its frames (RFC 6455, 5.1)");
        }
        int length = second & 0x7f;
        if (length < 126) {
            return 6 + length;
        } else if (length == 126) {
            return available < 4 ? 0 : 8 + in.getUnsignedShort(at + 2);
        }
        if (available < 10) {
            return 0;
        }
        long size = in.getLong(at + 2);
        if (size < 0 || size > MAX_PAYLOAD) {
            throw new IllegalStateException("a frame of " + size + " bytes, but at most " + MAX_PAYLOAD + " are taken");
        }
        return (int) (14 + size);
    }

    private void deliver(ChannelHandlerContext ctx, ByteBuf in, int at) {
        int first = in.getByte(at);
        int length = in.getByte(at + 1) & 0x7f;
        int header = length < 126 ? 2 : length == 126 ? 4 : 10;
        int payload = length < 126 ? length : length == 126 ? in.getUnsignedShort(at + 2) : (int) in.getLong(at + 2);
        onFrame(ctx, first & 0xf, first < 0, in, at + header + 4, payload, in.getInt(at + header));
    }

    /** Unmasks a part of a payload. */
    static void unmask(ByteBuf bytes, int payloadAt, int from, byte[] into, int length, int mask) {
        bytes.getBytes(payloadAt + from, into, 0, length);
        for (int i = 0; i < length; i++) {
            into[i] ^= (byte) (mask >>> (24 - ((from + i) & 3) * 8));
        }
    }
}
