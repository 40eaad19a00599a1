package io.qwenasr.session;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts the audio between the caller and the socket, and tells how many more chunks to ask for.
 *
 * <p>Two limits hold together: bytes on the wire and bytes of audio (that is, audio time). Demand is counted
 * in chunks, whose size is not known beforehand; the largest of the latest ones stands for those to come, so
 * the first request is for a single chunk. Confined to the event loop, but for {@link #audioInFlight()}.
 */
final class AudioWindow {

    private static final int MAX_CHUNKS_AHEAD = 16;
    private static final VarHandle AUDIO_IN_FLIGHT = audioInFlightHandle();

    private final long maxWireBytes;
    private final long maxAudioBytes;
    private long wireInFlight;

    /** Whole when read from another thread, and not older than need be. */
    private long audioInFlight;

    private long chunkWireBytes;
    private long chunkAudioBytes;
    private int outstanding;

    AudioWindow(long maxWireBytes, long maxAudioBytes) {
        this.maxWireBytes = maxWireBytes;
        this.maxAudioBytes = maxAudioBytes;
    }

    /** Tells how many chunks may be requested now; they are then taken as requested. */
    int grant() {
        int room = room();
        // In batches of half a window, or each append would cost a request of its own.
        if (room == 0 || (outstanding > 0 && room < capacity() / 2)) {
            return 0;
        }
        outstanding += room;
        return room;
    }

    private int room() {
        if (wireInFlight == 0 && outstanding == 0) {
            return Math.max(1, capacity());
        }
        if (chunkWireBytes == 0) {
            return 0;
        }
        long byWire = (maxWireBytes - wireInFlight) / chunkWireBytes - outstanding;
        long byAudio = (maxAudioBytes - audioInFlight) / chunkAudioBytes - outstanding;
        int byCount = MAX_CHUNKS_AHEAD - outstanding;
        return (int) Math.max(0, Math.min(byCount, Math.min(byWire, byAudio)));
    }

    private int capacity() {
        if (chunkWireBytes == 0) {
            return 1;
        }
        return (int)
                Math.min(MAX_CHUNKS_AHEAD, Math.min(maxWireBytes / chunkWireBytes, maxAudioBytes / chunkAudioBytes));
    }

    /**
     * A requested signal arrived.
     *
     * @return false if it had not been requested
     */
    boolean arrived() {
        if (outstanding == 0) {
            return false;
        }
        outstanding--;
        return true;
    }

    /** A chunk begins its way to the socket, as a part of a frame, as one or as several. */
    void sized(long wireBytes, long audioBytes) {
        if (wireBytes > 0 && audioBytes > 0) {
            chunkWireBytes = expected(wireBytes, chunkWireBytes);
            chunkAudioBytes = expected(audioBytes, chunkAudioBytes);
        }
    }

    /** A larger chunk counts at once, a smaller one step by step: it may be the exception. */
    private static long expected(long size, long before) {
        return Math.max(size, before - (before + 7) / 8);
    }

    /** Tells whether nothing is on its way to the socket. */
    boolean isIdle() {
        return wireInFlight == 0;
    }

    /** Returns the bytes of audio between the caller and the socket; from any thread. */
    long audioInFlight() {
        return (long) AUDIO_IN_FLIGHT.getOpaque(this);
    }

    void sent(long wireBytes, long audioBytes) {
        wireInFlight += wireBytes;
        AUDIO_IN_FLIGHT.setOpaque(this, audioInFlight + audioBytes);
    }

    void flushed(long wireBytes, long audioBytes) {
        wireInFlight -= wireBytes;
        AUDIO_IN_FLIGHT.setOpaque(this, audioInFlight - audioBytes);
    }

    private static VarHandle audioInFlightHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(AudioWindow.class, "audioInFlight", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
