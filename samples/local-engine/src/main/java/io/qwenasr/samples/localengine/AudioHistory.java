package io.qwenasr.samples.localengine;

/** The last second or so of audio, so that an utterance can begin before it was noticed. */
final class AudioHistory {

    private final short[] ring;
    private long end;

    AudioHistory(int capacity) {
        ring = new short[capacity];
    }

    void add(short[] samples, int length) {
        for (int i = 0; i < length; i++) {
            ring[(int) (end++ % ring.length)] = samples[i];
        }
    }

    /** Position after the newest sample. */
    long end() {
        return end;
    }

    /** Copies the audio from {@code position}, or from the oldest sample kept, to the newest. */
    short[] since(long position) {
        long from = Math.max(position, Math.max(0, end - ring.length));
        short[] copy = new short[(int) (end - from)];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = ring[(int) ((from + i) % ring.length)];
        }
        return copy;
    }
}
