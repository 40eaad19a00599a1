package io.qwenasr.samples.webflux;

import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;

/** Counts the bytes of one session; signalled by one thread at a time. */
final class AudioLimit {

    /** 2 ms of audio; a page sends 40 ms, or 32 KiB of a file. */
    private static final int LEAST_AVERAGE_FRAME = 64;

    private static final int FRAMES_OF_ANY_SIZE = 1_000;

    private final DataSize max;
    private long taken;
    private long frames;

    AudioLimit(DataSize max) {
        this.max = max;
    }

    /**
     * Counts bytes.
     *
     * @throws Refusal once it is more than allowed
     */
    void take(long bytes) {
        taken += bytes;
        if (taken > max.toBytes()) {
            throw new Refusal(
                    HttpStatus.CONTENT_TOO_LARGE,
                    "One session may send " + readable() + " of audio, and this is more.");
        }
    }

    /**
     * Counts a frame, which costs memory of its own however little is in it.
     *
     * @throws Refusal once it is more than allowed, or there is next to nothing in each
     */
    void takeFrame(int bytes) {
        take(bytes);
        frames++;
        if (frames > FRAMES_OF_ANY_SIZE && taken < frames * LEAST_AVERAGE_FRAME) {
            throw new Refusal(
                    HttpStatus.BAD_REQUEST,
                    "Frames must hold " + LEAST_AVERAGE_FRAME + " bytes on the average, and these hold less.");
        }
    }

    private String readable() {
        return max.toMegabytes() > 0 ? max.toMegabytes() + " MB" : max.toKilobytes() + " KB";
    }
}
