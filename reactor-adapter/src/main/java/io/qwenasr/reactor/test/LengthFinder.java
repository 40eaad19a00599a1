package io.qwenasr.reactor.test;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Utterances of equal length, one after the other; of any length where only {@link #boundary} ends them. */
final class LengthFinder implements UtteranceFinder {

    private final long length;
    private final long progress;
    private final Listener listener;
    private final CRC32 crc = new CRC32();
    private long from;
    private long position;
    private boolean open;

    /**
     * Creates a finder.
     *
     * @param length bytes of an utterance, positive
     * @param progress bytes between two tells of an open utterance, positive
     */
    LengthFinder(long length, long progress, Listener listener) {
        this.length = length;
        this.progress = progress;
        this.listener = listener;
    }

    @Override
    public void read(ByteBuffer audio) {
        while (audio.hasRemaining()) {
            if (!open) {
                begin();
            }
            long heard = position - from;
            int take = (int) Math.min(audio.remaining(), Math.min(length - heard, progress - heard % progress));
            crc.update(audio.slice(audio.position(), take));
            audio.position(audio.position() + take);
            position += take;
            heard += take;
            if (heard == length) {
                boundary();
            } else if (heard % progress == 0) {
                listener.progressed(span());
            }
        }
    }

    private void begin() {
        open = true;
        from = position;
        crc.reset();
        listener.began(from);
    }

    private Span span() {
        return new Span(from, position, crc.getValue());
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
