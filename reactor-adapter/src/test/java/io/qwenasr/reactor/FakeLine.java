package io.qwenasr.reactor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.Control;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineListener;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.TargetDataLine;
import reactor.core.scheduler.Schedulers;

/** A recording line that hears what a test tells it; like a real one it records only between start and stop. */
final class FakeLine implements TargetDataLine {

    /** Set where a thread that must not block does what blocks on a real line. */
    final AtomicBoolean blockedAnEventLoop = new AtomicBoolean();

    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch looked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Runnable onLook;
    private AudioFormat format;
    private ByteBuffer held = ByteBuffer.allocate(0);
    private boolean open;
    private boolean running;
    private int reads;
    private boolean dead;
    private LineUnavailableException unavailable;

    FakeLine() {
        this(() -> {});
    }

    /** Runs something whenever the line is asked what it holds. */
    FakeLine(Runnable onLook) {
        this.onLook = onLook;
    }

    FakeLine failingToOpen(String message) {
        unavailable = new LineUnavailableException(message);
        return this;
    }

    /** Adds 16-bit samples, of all channels, if the line records; what there is no room for is lost. */
    synchronized void hear(short... samples) {
        for (short sample : samples) {
            if (running && held.remaining() >= Short.BYTES) {
                held.putShort(sample);
            }
        }
    }

    /** From now on there is something to read that reading does not give. */
    synchronized void die() {
        dead = true;
    }

    synchronized int reads() {
        return reads;
    }

    void awaitOpen() {
        await(opened);
    }

    /** Waits until someone wanted audio. */
    void awaitLook() {
        await(looked);
    }

    void awaitClosed() {
        await(closed);
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void mayBlock() {
        if (Schedulers.isInNonBlockingThread()) {
            blockedAnEventLoop.set(true);
        }
    }

    @Override
    public synchronized void open(AudioFormat wanted, int bufferSize) throws LineUnavailableException {
        mayBlock();
        if (unavailable != null) {
            throw unavailable;
        }
        format = wanted;
        held = ByteBuffer.allocate(bufferSize).order(ByteOrder.LITTLE_ENDIAN);
        open = true;
        opened.countDown();
    }

    @Override
    public int available() {
        onLook.run();
        looked.countDown();
        synchronized (this) {
            // As ALSA: a line that was not started has the whole buffer available.
            return running ? held.position() : held.capacity();
        }
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) {
        mayBlock();
        if (!running || length > held.position() || length % format.getFrameSize() != 0) {
            throw new AssertionError("this read would block or fail on a real line: " + length);
        }
        reads++;
        if (dead) {
            return 0;
        }
        held.flip().get(bytes, offset, length);
        held.compact();
        return length;
    }

    @Override
    public synchronized void start() {
        mayBlock();
        running = open;
    }

    @Override
    public synchronized void stop() {
        mayBlock();
        running = false;
    }

    @Override
    public synchronized void close() {
        mayBlock();
        open = false;
        closed.countDown();
    }

    @Override
    public AudioFormat getFormat() {
        return format;
    }

    @Override
    public int getBufferSize() {
        return held.capacity();
    }

    @Override
    public synchronized boolean isOpen() {
        return open;
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    @Override
    public boolean isActive() {
        return isRunning();
    }

    @Override
    public void flush() {}

    @Override
    public void open(AudioFormat wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void open() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void drain() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int getFramePosition() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long getLongFramePosition() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long getMicrosecondPosition() {
        throw new UnsupportedOperationException();
    }

    @Override
    public float getLevel() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Line.Info getLineInfo() {
        return new DataLine.Info(TargetDataLine.class, format);
    }

    @Override
    public Control[] getControls() {
        return new Control[0];
    }

    @Override
    public boolean isControlSupported(Control.Type control) {
        return false;
    }

    @Override
    public Control getControl(Control.Type control) {
        throw new IllegalArgumentException(control.toString());
    }

    @Override
    public void addLineListener(LineListener listener) {}

    @Override
    public void removeLineListener(LineListener listener) {}
}
