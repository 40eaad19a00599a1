package io.qwenasr.samples.benchmarks.peer;

import org.jspecify.annotations.Nullable;

/** What a session tells. Called by whatever thread the peer uses. */
public interface SessionListener {

    /** A partial result arrived and has been decoded. */
    void onPartial(String text);

    /**
     * The session is over.
     *
     * @param error why it failed, or null if it finished as it should
     */
    void onEnd(@Nullable Throwable error);
}
