package io.qwenasr.reactor;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the JDK's readers do not tell: whether a file that they refuse is an audio file cut short, and
 * whether a WAV of length zero is one whose writer never came back to fill the length in.
 *
 * @param container what the first bytes say
 * @param complete whether the bytes reach to where samples begin
 * @param unknownLength whether the length is zero because it was not known yet
 */
record AudioHeader(Container container, boolean complete, boolean unknownLength) {

    /** Where to stop looking for the samples: longer headers hold pictures and are whole anyway. */
    private static final int LIMIT = 1 << 16;

    private static final int CHUNK_HEADER = 8;
    private static final int AU_HEADER = 24;

    /** AIFF's samples begin after an offset and a block size. */
    private static final int AIFF_OFFSETS = 8;

    enum Container {
        NONE,
        WAV,
        AIFF,
        AU,
        OTHER
    }

    /** Reads ahead, then resets the stream to where it was. */
    static AudioHeader peek(InputStream in) throws IOException {
        in.mark(LIMIT + 2 * CHUNK_HEADER);
        try {
            return read(new DataInputStream(in));
        } finally {
            in.reset();
        }
    }

    private static AudioHeader read(DataInputStream in) throws IOException {
        byte[] head = in.readNBytes(12);
        if (head.length == 0) {
            return new AudioHeader(Container.NONE, false, false);
        }
        String start = new String(head, StandardCharsets.ISO_8859_1);
        if (matches(start, "RIFF", List.of("WAVE"))) {
            return head.length < 12 ? cut(Container.WAV) : chunks(in, head, Container.WAV, "data");
        }
        if (matches(start, "FORM", List.of("AIFF", "AIFC"))) {
            return head.length < 12 ? cut(Container.AIFF) : chunks(in, head, Container.AIFF, "SSND");
        }
        if (matches(start, ".snd", List.of(""))) {
            boolean complete = in.readNBytes(AU_HEADER - 12).length == AU_HEADER - 12;
            return new AudioHeader(Container.AU, complete, false);
        }
        return new AudioHeader(Container.OTHER, true, false);
    }

    private static AudioHeader cut(Container container) {
        return new AudioHeader(container, false, false);
    }

    /** Compares as much as is there. */
    private static boolean matches(String start, String magic, List<String> forms) {
        if (start.length() <= 4) {
            return magic.startsWith(start);
        }
        return start.startsWith(magic)
                && (start.length() <= 8 || forms.stream().anyMatch(form -> agree(start.substring(8), form)));
    }

    private static boolean agree(String a, String b) {
        return a.startsWith(b) || b.startsWith(a);
    }

    private static AudioHeader chunks(DataInputStream in, byte[] head, Container container, String samples)
            throws IOException {
        ByteOrder order = container == Container.WAV ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        long fileSize = size(head, order);
        long position = head.length;
        while (true) {
            byte[] chunk = in.readNBytes(CHUNK_HEADER);
            if (chunk.length < CHUNK_HEADER) {
                return cut(container);
            }
            position += CHUNK_HEADER;
            long size = size(chunk, order);
            if (new String(chunk, 0, 4, StandardCharsets.ISO_8859_1).equals(samples)) {
                if (container == Container.AIFF && in.readNBytes(AIFF_OFFSETS).length < AIFF_OFFSETS) {
                    return cut(container);
                }
                boolean nothingAnnounced = fileSize == 0xFFFF_FFFFL || fileSize + CHUNK_HEADER <= position;
                return new AudioHeader(container, true, size == 0 && nothingAnnounced);
            }
            position += size + (size & 1);
            if (position > LIMIT) {
                return new AudioHeader(container, true, false);
            }
            try {
                in.skipNBytes(size + (size & 1));
            } catch (EOFException e) {
                return cut(container);
            }
        }
    }

    private static long size(byte[] header, ByteOrder order) {
        return ByteBuffer.wrap(header).order(order).getInt(4) & 0xFFFF_FFFFL;
    }
}
