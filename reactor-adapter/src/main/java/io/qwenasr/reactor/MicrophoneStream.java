package io.qwenasr.reactor;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.TargetDataLine;
import reactor.core.Exceptions;

/**
 * Reads an open line, from the first read on, and fails rather than go on after audio may have been lost.
 *
 * <p>Only what is there is read. The line's own way to wait for more ignores interrupts and takes a quarter of its
 * buffer at a time, which is more than a second here.
 */
final class MicrophoneStream extends InputStream {

    /**
     * How much audio the line is asked to hold while nobody reads. Whatever buffers behind it can do nothing about a
     * reader that is late: a long pause of the JVM must fit in here.
     */
    static final int LINE_SECONDS = 5;

    private static final long POLL_MILLIS = 5;
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(5);

    private final TargetDataLine line;
    private final String name;
    private final LongSupplier nanos;
    private final int frameBytes;
    private final int bufferBytes;

    /** The line is looked at for each chunk, so that an overflow is told with the next one. */
    private final int chunkBytes;

    private final double bytesPerNano;
    private boolean started;

    /** How many bytes the line held when it was last looked at, and when that was. */
    private int heldThen;

    private long lookedAt;
    private long lastAudioAt;

    MicrophoneStream(TargetDataLine line, String name, LongSupplier nanos) {
        this.line = line;
        this.name = name;
        this.nanos = nanos;
        this.frameBytes = line.getFormat().getFrameSize();
        this.bufferBytes = line.getBufferSize();
        this.chunkBytes = (int) line.getFormat().getFrameRate() / Microphone.CHUNKS_PER_SECOND * frameBytes;
        this.bytesPerNano = line.getFormat().getFrameRate() * frameBytes / TimeUnit.SECONDS.toNanos(1);
    }

    AudioFormat format() {
        return line.getFormat();
    }

    @Override
    public int read() {
        throw new UnsupportedOperationException("audio is read by frames");
    }

    /** Returns what the line holds, at most so much and at most a chunk; waits if that is nothing. */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        start();
        int held = look();
        while (held == 0) {
            await();
            held = look();
        }
        int read = line.read(bytes, offset, Math.min(held, Math.min(chunkBytes, length / frameBytes * frameBytes)));
        if (read <= 0) {
            throw new IOException("it stopped giving audio");
        }
        heldThen -= read;
        return read;
    }

    private void start() {
        if (!started) {
            started = true;
            line.start();
            lookedAt = nanos.getAsLong();
            lastAudioAt = lookedAt;
        }
    }

    /** Returns how many bytes of whole frames the line holds. */
    private int look() throws IOException {
        int held = line.available();
        long now = nanos.getAsLong();
        // Not all platforms tell a buffer that ran over from one that is filling again; the time tells.
        if (held >= bufferBytes || heldThen + (now - lookedAt) * bytesPerNano >= bufferBytes) {
            throw overflow();
        }
        if (held > 0) {
            lastAudioAt = now;
        } else if (now - lastAudioAt >= SILENCE_LIMIT.toNanos()) {
            throw new IOException("it gave no audio, not even silence, for " + SILENCE_LIMIT.toSeconds()
                    + " s; perhaps it was unplugged");
        }
        heldThen = held;
        lookedAt = now;
        return held / frameBytes * frameBytes;
    }

    private RuntimeException overflow() {
        long millis = Math.round(bufferBytes / bytesPerNano / TimeUnit.MILLISECONDS.toNanos(1));
        return Exceptions.failWithOverflow("audio of " + name + " may be lost: it was not requested for so long that"
                + " the device's buffer of " + millis + " ms ran over; put a LiveBuffer behind the microphone, which"
                + " says what is to be done then");
    }

    private static void await() throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    @Override
    public void close() {
        line.stop();
        line.close();
    }
}
