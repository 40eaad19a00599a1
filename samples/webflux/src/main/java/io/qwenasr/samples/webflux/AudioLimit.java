package io.qwenasr.samples.webflux;

import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;

/** Counts the bytes of one session; signalled by one thread at a time. */
final class AudioLimit {

    private final DataSize max;
    private long taken;

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

    private String readable() {
        return max.toMegabytes() > 0 ? max.toMegabytes() + " MB" : max.toKilobytes() + " KB";
    }
}
