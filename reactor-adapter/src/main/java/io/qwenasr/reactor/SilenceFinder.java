package io.qwenasr.reactor;

import io.qwenasr.audio.VoiceActivityDetector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Ends an utterance at the end of the frame that makes the silence after speech long enough; and where nothing
 * was heard, in the silence at half the greatest length, so that the other half is left for what is said next.
 */
final class SilenceFinder implements BoundaryFinder {

    private static final int BYTES_PER_SAMPLE = 2;

    private final VoiceActivityDetector detector;
    private final long silenceBytes;
    private final long idleBytes;
    private final short[] frame;
    private int filled;
    private boolean heard;
    private long silent;

    SilenceFinder(VoiceActivityDetector detector, long silenceBytes, long maxBytes) {
        this.detector = detector;
        this.silenceBytes = silenceBytes;
        this.idleBytes = maxBytes / 2;
        this.frame = new short[detector.frameSamples()];
    }

    @Override
    public int find(ByteBuffer audio, long uttered) {
        ByteBuffer samples = audio.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (samples.remaining() >= BYTES_PER_SAMPLE) {
            frame[filled++] = samples.getShort();
            if (filled == frame.length) {
                filled = 0;
                int end = samples.position() - audio.position();
                if (endsWith(detector.isSpeech(frame), uttered + end)) {
                    return end;
                }
            }
        }
        return NONE;
    }

    private boolean endsWith(boolean speech, long utterance) {
        if (speech) {
            heard = true;
            silent = 0;
            return false;
        }
        silent += (long) frame.length * BYTES_PER_SAMPLE;
        return heard ? silent >= silenceBytes : utterance >= idleBytes;
    }

    @Override
    public void onCommit() {
        heard = false;
    }
}
