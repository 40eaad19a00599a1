package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/** Finds malformed UTF-8, which the JSON parser lets through in part (overlong forms, surrogates). */
final class Utf8 {

    private static final long NON_ASCII = 0x8080808080808080L;

    private Utf8() {}

    /**
     * Returns where the readable bytes stop being UTF-8.
     *
     * @return an offset from the reader index, or -1 if all is well
     */
    static int firstError(ByteBuf bytes) {
        int start = bytes.readerIndex();
        int end = bytes.writerIndex();
        int at = start;
        while (at + Long.BYTES <= end && (bytes.getLongLE(at) & NON_ASCII) == 0) {
            at += Long.BYTES;
        }
        if (ByteBufUtil.isText(bytes, at, end - at, UTF_8)) {
            return -1;
        }
        return at - start + locate(bytes.nioBuffer(at, end - at));
    }

    private static int locate(ByteBuffer bytes) {
        CharsetDecoder decoder = UTF_8.newDecoder();
        CharBuffer chars = CharBuffer.allocate(1024);
        while (true) {
            CoderResult result = decoder.decode(bytes, chars, true);
            if (!result.isOverflow()) {
                return bytes.position();
            }
            chars.clear();
        }
    }
}
