package io.qwenasr.reactor.test;

import java.time.Duration;
import java.util.Objects;

/**
 * The audio of one utterance, or of what came of it so far, for transcripts that are a function of the audio.
 *
 * @param number which utterance of the session, from 1
 * @param bytes how much audio
 * @param crc32 the CRC-32 of that audio, however it was cut into chunks
 * @param start where it begins on the audio timeline
 * @param end where it ends on the audio timeline
 * @since 0.1.0
 */
public record HeardUtterance(int number, long bytes, long crc32, Duration start, Duration end) {

    /** Refuses missing values. */
    public HeardUtterance {
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(end, "end");
    }

    /**
     * Returns a text that follows from the audio alone: one wrong, missing or doubled byte changes it.
     *
     * @return such as {@code 32000 bytes, crc 1b8f1e5c}
     */
    public String digest() {
        return bytes + " bytes, crc " + String.format("%08x", crc32);
    }
}
