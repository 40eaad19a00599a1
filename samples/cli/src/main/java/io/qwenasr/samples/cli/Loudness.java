package io.qwenasr.samples.cli;

import io.qwenasr.AudioFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/** How much audio was heard, and how loud the latest of it is. May be used by several threads. */
final class Loudness {

    private static final String STEPS = "▁▂▃▄▅▆▇█";

    /** Of what is drawn as silence; each step is 6 dB louder. */
    private static final double QUIETEST = 32_768 / Math.pow(2, 8);

    private final AudioFormat format;
    private long bytes;
    private int peak;
    private int shown;

    Loudness(AudioFormat format) {
        this.format = format;
    }

    /** Takes whole samples; the buffer's position stays. */
    synchronized void hear(ByteBuffer pcm) {
        bytes += pcm.remaining();
        ByteBuffer samples = pcm.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (samples.remaining() >= Short.BYTES) {
            peak = Math.max(peak, Math.abs((int) samples.getShort()));
        }
    }

    synchronized Duration length() {
        return format.durationOf(bytes);
    }

    /** A bar for the loudest sample since it was last asked for; it falls step by step. */
    synchronized String bar() {
        int step = peak < QUIETEST ? 0 : Math.min(7, (int) (Math.log(peak / QUIETEST) / Math.log(2)));
        shown = Math.max(step, shown - 1);
        peak = 0;
        return STEPS.substring(0, shown + 1);
    }
}
