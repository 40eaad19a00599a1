package io.qwenasr.reactor;

/**
 * Tells how long a piece of audio has to wait for its turn. Arithmetic only; the caller tells the time.
 *
 * <p>Audio that was let through is played, in thought, at the given speed; the next piece may go when what
 * is not played yet, with that piece, is no more than the lead. Where all has been played, playing starts
 * anew with the next piece, so that time without audio earns nothing.
 */
final class PacingClock {

    private static final double NANOS_PER_SECOND = 1e9;

    private final double nanosPerByte;
    private final double leadNanos;

    private boolean started;
    private long anchor;
    private long bytesSinceAnchor;

    /**
     * Creates a clock that starts with the first piece.
     *
     * @param bytesPerSecond of audio at its natural speed
     * @param speed how many times that speed
     * @param leadNanos audio that may go ahead of its time, in nanoseconds at natural speed
     */
    PacingClock(long bytesPerSecond, double speed, long leadNanos) {
        this.nanosPerByte = NANOS_PER_SECOND / bytesPerSecond / speed;
        this.leadNanos = leadNanos / speed;
    }

    /**
     * Counts the next piece.
     *
     * @param bytes its length
     * @param now in nanoseconds, of any origin
     * @return nanoseconds from now until it may go, 0 for at once
     */
    long admit(int bytes, long now) {
        if (!started || bytesSinceAnchor * nanosPerByte < now - anchor) {
            started = true;
            anchor = now;
            bytesSinceAnchor = 0;
        }
        bytesSinceAnchor += bytes;
        double wait = bytesSinceAnchor * nanosPerByte - leadNanos - (now - anchor);
        return Math.max(0, (long) Math.ceil(wait));
    }
}
