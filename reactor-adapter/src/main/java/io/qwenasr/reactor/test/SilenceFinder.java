package io.qwenasr.reactor.test;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Utterances between stretches of digital silence, in 16-bit PCM: from the first sample that is not zero to the
 * last one before the silence. So an utterance is the same wherever the session has begun to listen.
 */
final class SilenceFinder implements UtteranceFinder {

    private static final int SAMPLE = 2;

    private final long silence;
    private final long progress;
    private final Listener listener;
    private final CRC32 crc = new CRC32();
    private int firstHalf = -1;
    private long position;
    private boolean open;
    private long from;

    /** Zero bytes at the end of what was heard, not in the checksum yet. */
    private long quiet;

    /**
     * Creates a finder.
     *
     * @param silence bytes of zeros that end an utterance, whole samples
     * @param progress bytes between two tells of an open utterance, whole samples
     */
    SilenceFinder(long silence, long progress, Listener listener) {
        this.silence = silence;
        this.progress = progress;
        this.listener = listener;
    }

    @Override
    public void read(ByteBuffer audio) {
        while (audio.hasRemaining()) {
            int next = audio.get() & 0xFF;
            if (firstHalf < 0) {
                firstHalf = next;
            } else {
                onSample(firstHalf, next);
                firstHalf = -1;
            }
        }
    }

    private void onSample(int low, int high) {
        boolean zero = (low | high) == 0;
        if (!open && zero) {
            position += SAMPLE;
            return;
        }
        if (!open) {
            begin();
        }
        position += SAMPLE;
        if (zero) {
            quiet += SAMPLE;
        } else {
            for (; quiet > 0; quiet--) {
                crc.update(0);
            }
            crc.update(low);
            crc.update(high);
        }
        if (quiet >= silence) {
            boundary();
        } else if ((position - from) % progress == 0) {
            listener.progressed(span());
        }
    }

    private void begin() {
        open = true;
        from = position;
        quiet = 0;
        crc.reset();
        listener.began(from);
    }

    private Span span() {
        return new Span(from, position - quiet, crc.getValue());
    }

    @Override
    public void boundary() {
        if (open) {
            open = false;
            listener.ended(span());
        }
    }

    @Override
    public void drop() {
        open = false;
    }
}
