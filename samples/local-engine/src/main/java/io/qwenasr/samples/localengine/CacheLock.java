package io.qwenasr.samples.localengine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Lets one process or thread at a time fill the cache. The operating system takes the lock back from a process
 * that dies.
 */
final class CacheLock implements AutoCloseable {

    private static final long POLL_MILLIS = 200;

    private final FileChannel channel;
    private final @Nullable FileLock lock;

    private CacheLock(FileChannel channel, @Nullable FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the lock, or goes without it where that takes too long: installing is atomic also without, the
     * lock only spares the work of doing it twice.
     *
     * @param waiting called before each wait of a fifth of a second
     */
    static CacheLock take(Path file, Duration patience, Runnable waiting) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            long deadline = System.nanoTime() + patience.toNanos();
            FileLock lock = tryLock(channel);
            while (lock == null && System.nanoTime() < deadline) {
                waiting.run();
                Thread.sleep(POLL_MILLIS);
                lock = tryLock(channel);
            }
            return new CacheLock(channel, lock);
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while another process fetches the models", e);
        } catch (RuntimeException | IOException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another thread of this process has it
        }
    }

    boolean isHeld() {
        return lock != null;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
