package io.qwenasr.reactor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of a WAV, AIFF or AU file, however its bytes are cut.
 *
 * <p>Own code because the JDK's readers pull from a stream that can be reset, which an upload is not; because
 * they do not tell a file cut short from one that is no audio; and because they take the length of a file
 * whose writer never came back to fill it in for zero.
 *
 * <p>What comes before the samples and does not matter (names, pictures) is skipped, not kept, whatever its size.
 */
final class HeaderReader {

    private enum Kind {
        WAV,
        AIFF,
        AU
    }

    private enum Step {
        START,
        AU,
        CHUNK,
        FORMAT,
        SAMPLES,
        DONE
    }

    private static final int MAGIC_BYTES = 4;
    private static final int START_BYTES = 12;
    private static final int CHUNK_HEADER_BYTES = 8;
    private static final int MOST_BYTES = 40;
    private static final int AIFF_OFFSETS_BYTES = 8;
    private static final long UNKNOWN = 0xFFFF_FFFFL;

    /** Kin of WAV: a file of more than 4 GiB, and the same by another name. */
    private static final Set<String> UNREADABLE_KINDS = Set.of("RF64", "BW64");

    /** A WAV file with its bytes the other way round. */
    private static final String BIG_ENDIAN_WAV = "RIFX";

    private final AudioErrors errors;

    /** The piece of the header that is gathered; its limit is where it is complete. */
    private final ByteBuffer piece = ByteBuffer.allocate(MOST_BYTES);

    private Step step = Step.START;
    private Kind kind = Kind.WAV;
    private long skipping;
    private long position;
    private long fileSize;
    private long chunkSize;
    private boolean aifc;
    private @Nullable AudioHeader header;

    HeaderReader(AudioErrors errors) {
        this.errors = errors;
        gather(Step.START, START_BYTES);
    }

    /**
     * Takes bytes up to where the samples begin, and moves the buffer's position there.
     *
     * @return the header once it is complete, or null
     */
    @Nullable AudioHeader read(ByteBuffer bytes) {
        while (step != Step.DONE || skipping > 0) {
            int skipped = (int) Math.min(skipping, bytes.remaining());
            bytes.position(bytes.position() + skipped);
            skipping -= skipped;
            position += skipped;
            if (skipping > 0) {
                return null;
            }
            if (step != Step.DONE && !fill(bytes)) {
                return null;
            }
        }
        return header;
    }

    private boolean fill(ByteBuffer bytes) {
        int taken = Math.min(piece.remaining(), bytes.remaining());
        piece.put(bytes.slice(bytes.position(), taken));
        bytes.position(bytes.position() + taken);
        position += taken;
        if (piece.hasRemaining()) {
            return false;
        }
        next(piece.flip());
        return true;
    }

    /** Says what is wrong with a source that ends before its samples begin. */
    AudioSourceException cut() {
        if (step != Step.START) {
            return errors.cutHeader(kind.name());
        }
        if (piece.position() == 0) {
            return errors.noBytes();
        }
        Kind begun = kindOf(text(piece, 0, piece.position()));
        return begun == null ? errors.notAudio() : errors.cutHeader(begun.name());
    }

    private void gather(Step next, long bytes) {
        step = next;
        piece.clear().limit((int) Math.min(bytes, MOST_BYTES));
    }

    private void next(ByteBuffer complete) {
        switch (step) {
            case START -> start(complete);
            case AU -> au(complete);
            case CHUNK -> chunk(complete);
            case FORMAT -> format(complete);
            case SAMPLES -> {
                long offset = unsigned(complete, 0);
                skipping = offset;
                samples(chunkSize - AIFF_OFFSETS_BYTES - offset);
            }
            case DONE -> throw new IllegalStateException("the header is complete");
        }
    }

    private void start(ByteBuffer complete) {
        String text = text(complete, 0, START_BYTES);
        if (UNREADABLE_KINDS.contains(text.substring(0, MAGIC_BYTES))) {
            throw errors.unsupported("kind of WAV, " + text.substring(0, MAGIC_BYTES) + ",");
        }
        Kind found = kindOf(text);
        if (found == null) {
            throw errors.notAudio();
        }
        kind = found;
        if (kind == Kind.AU) {
            step = Step.AU;
            piece.limit(AuFormat.HEADER_BYTES).position(START_BYTES);
            return;
        }
        boolean littleEndian = kind == Kind.WAV && !text.startsWith(BIG_ENDIAN_WAV);
        piece.order(littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        fileSize = unsigned(complete, MAGIC_BYTES);
        aifc = text.endsWith("AIFC");
        gather(Step.CHUNK, CHUNK_HEADER_BYTES);
    }

    /** Compares as much as is there. */
    private static @Nullable Kind kindOf(String start) {
        if (begins(start, "RIFF", "WAVE") || begins(start, BIG_ENDIAN_WAV, "WAVE")) {
            return Kind.WAV;
        }
        if (begins(start, "FORM", "AIFF") || begins(start, "FORM", "AIFC")) {
            return Kind.AIFF;
        }
        return begins(start, ".snd", "") ? Kind.AU : null;
    }

    private static boolean begins(String start, String magic, String form) {
        if (start.length() <= MAGIC_BYTES) {
            return magic.startsWith(start);
        }
        String rest = start.length() <= 2 * MAGIC_BYTES ? "" : start.substring(2 * MAGIC_BYTES);
        return start.startsWith(magic) && (rest.startsWith(form) || form.startsWith(rest));
    }

    private void chunk(ByteBuffer complete) {
        String id = text(complete, 0, MAGIC_BYTES);
        long size = unsigned(complete, MAGIC_BYTES);
        if (id.equals(kind == Kind.WAV ? "fmt " : "COMM")) {
            chunkSize = size;
            gather(Step.FORMAT, size);
        } else if (id.equals(kind == Kind.WAV ? "data" : "SSND")) {
            boolean nothingAnnounced = fileSize == UNKNOWN || fileSize + CHUNK_HEADER_BYTES <= position;
            chunkSize = size == UNKNOWN || (size == 0 && nothingAnnounced) ? AudioHeader.OPEN : size;
            if (kind == Kind.WAV) {
                samples(chunkSize);
            } else {
                gather(Step.SAMPLES, AIFF_OFFSETS_BYTES);
            }
        } else {
            skipping = padded(size);
            gather(Step.CHUNK, CHUNK_HEADER_BYTES);
        }
    }

    private void format(ByteBuffer complete) {
        header = kind == Kind.WAV ? WavFormat.read(complete, errors) : AiffFormat.read(complete, aifc, errors);
        skipping = padded(chunkSize) - complete.limit();
        gather(Step.CHUNK, CHUNK_HEADER_BYTES);
    }

    private void au(ByteBuffer complete) {
        header = AuFormat.read(complete, errors);
        skipping = AuFormat.offset(complete, errors) - AuFormat.HEADER_BYTES;
        samples(header.bytes());
    }

    private void samples(long bytes) {
        AudioHeader described = header;
        if (described == null) {
            throw errors.unsupported("order of chunks, samples before their format,");
        }
        header = described.withBytes(Math.max(0, bytes));
        step = Step.DONE;
    }

    private static long padded(long size) {
        return size + (size & 1);
    }

    static long unsigned(ByteBuffer bytes, int at) {
        return bytes.getInt(at) & 0xFFFF_FFFFL;
    }

    static String text(ByteBuffer bytes, int at, int length) {
        return StandardCharsets.ISO_8859_1
                .decode(bytes.duplicate().limit(at + length).position(at))
                .toString();
    }
}
