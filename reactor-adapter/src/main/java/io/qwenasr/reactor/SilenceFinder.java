package io.qwenasr.reactor;

import io.qwenasr.audio.VoiceActivityDetector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Ends an utterance at the end of the frame that makes the silence after speech long enough. */
final class SilenceFinder implements BoundaryFinder {

    private static final int BYTES_PER_SAMPLE = 2;

    private final VoiceActivityDetector detector;
    private final long silenceBytes;
    private final short[] frame;
    private int filled;
    private boolean heard;
    private long silent;

    SilenceFinder(VoiceActivityDetector detector, long silenceBytes) {
        this.detector = detector;
        this.silenceBytes = silenceBytes;
        this.frame = new short[detector.frameSamples()];
    }

    @Override
    public int find(ByteBuffer audio, long uttered) {
        ByteBuffer samples = audio.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (samples.remaining() >= BYTES_PER_SAMPLE) {
            frame[filled++] = samples.getShort();
            if (filled == frame.length) {
                filled = 0;
                if (endsWith(detector.isSpeech(frame))) {
                    return samples.position() - audio.position();
                }
            }
        }
        return NONE;
    }

    private boolean endsWith(boolean speech) {
        if (speech) {
            heard = true;
            silent = 0;
            return false;
        }
        silent += (long) frame.length * BYTES_PER_SAMPLE;
        return heard && silent >= silenceBytes;
    }

    @Override
    public void onCommit() {
        heard = false;
    }
}
