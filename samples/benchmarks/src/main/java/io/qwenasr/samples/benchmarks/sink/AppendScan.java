package io.qwenasr.samples.benchmarks.sink;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Base64;

/**
 * Tells from the two ends of a masked append how much audio is in it. One for each event loop.
 *
 * <p>It relies on what every client does: the member {@code audio} begins in the first {@value #WINDOW} bytes
 * without white space before its colon, and less than {@value #WINDOW} bytes follow its value.
 */
final class AppendScan {

    static final int WINDOW = 192;

    private static final byte[] MEMBER = "\"audio\":".getBytes(US_ASCII);
    private static final byte[] ESCAPED_PAD = "\\u003d".getBytes(US_ASCII);
    private static final int STAMP_CHARS = 12;

    private final byte[] head = new byte[WINDOW];
    private final byte[] tail = new byte[WINDOW];
    private int start;

    /**
     * Returns the bytes of audio in a payload longer than twice the window.
     *
     * @return the number of bytes, or -1 if it is no append
     */
    int audioBytes(ByteBuf bytes, int at, int length, int mask) {
        FrameReader.unmask(bytes, at, 0, head, WINDOW, mask);
        start = audioStart(head);
        if (start < 0) {
            return -1;
        }
        FrameReader.unmask(bytes, at, length - WINDOW, tail, WINDOW, mask);
        int quote = 0;
        while (quote < WINDOW && tail[quote] != '"') {
            quote++;
        }
        int end = quote;
        while (end > 0 && tail[end - 1] == '=') {
            end--;
        }
        while (end >= ESCAPED_PAD.length && endsWith(tail, end, ESCAPED_PAD)) {
            end -= ESCAPED_PAD.length;
        }
        int characters = length - WINDOW + end - start;
        return (int) (characters * 3L / 4);
    }

    /** Returns the first 8 bytes of the audio that was found last: when it was due. */
    long stamp() {
        byte[] first = Base64.getDecoder().decode(Arrays.copyOfRange(head, start, start + STAMP_CHARS));
        long stamp = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            stamp = stamp << 8 | (first[i] & 0xff);
        }
        return stamp;
    }

    private static int audioStart(byte[] text) {
        for (int i = 0; i + MEMBER.length < text.length; i++) {
            if (matches(text, i, MEMBER)) {
                int at = i + MEMBER.length;
                while (at < text.length && text[at] == ' ') {
                    at++;
                }
                return at + 1;
            }
        }
        return -1;
    }

    private static boolean endsWith(byte[] text, int end, byte[] what) {
        return matches(text, end - what.length, what);
    }

    private static boolean matches(byte[] text, int at, byte[] what) {
        for (int i = 0; i < what.length; i++) {
            if (text[at + i] != what[i]) {
                return false;
            }
        }
        return true;
    }
}
