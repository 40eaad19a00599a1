package io.qwenasr.samples.benchmarks.peer;

import java.nio.ByteBuffer;

/** An open session of a peer. */
public interface Session {

    /**
     * Sends a chunk, as a microphone would: now, and without waiting.
     *
     * @param pcm the audio; the session may keep it
     * @return false if the client said that it does not take the chunk
     */
    boolean offer(ByteBuffer pcm);

    /** Ends pushed audio gracefully; the end comes to {@link SessionListener#onEnd}. Pulled audio ends by itself. */
    void finish();

    /** Ends the session at once. */
    void abort();
}
