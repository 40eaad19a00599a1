package io.qwenasr.reactor;

import io.qwenasr.AudioLedger;
import io.qwenasr.session.ClientSession;
import java.util.Objects;
import java.util.function.Supplier;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Hears of the sessions that a {@link QwenAsrClient} opens for one subscriber, also through operators and a
 * {@link io.qwenasr.reactor.resume.ResumingTranscriber} in between, which opens several, and of their loss. It stands in
 * the subscriber's Reactor context:
 *
 * <pre>{@code
 * client.transcribe(audio).contextWrite(context -> listener.in(context))
 * }</pre>
 *
 * <p>Its methods are called on various threads, those of sessions and of schedulers, and must neither block nor throw.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SessionListener {

    /**
     * A session begins: it is not connected yet, nothing was requested or sent. To be looked at only, its ends are
     * subscribed to by the client.
     *
     * @param session the latest of this subscriber
     */
    void onSession(ClientSession session);

    /**
     * A {@link io.qwenasr.reactor.resume.ResumingTranscriber} has lost its session and will open the next, after a pause:
     * what a user should see at once. {@link io.qwenasr.TranscriptionEvent.Reconnected} comes when that is ready. Does
     * nothing by default.
     *
     * @param cause why, an error after which it is worth trying again
     */
    default void onLost(Throwable cause) {}

    /**
     * A {@link io.qwenasr.reactor.resume.ResumingTranscriber} begins: from now on its ledger can be read, while it runs
     * and after its end or cancellation. Does nothing by default.
     *
     * @param ledger returns a snapshot of the moment, on any thread, without blocking; it takes time in proportion to the
     *     number of losses
     */
    default void onLedger(Supplier<AudioLedger> ledger) {}

    /**
     * Finds the listener of a subscriber.
     *
     * @param context of the subscriber
     * @return its listener, or one that does nothing
     */
    static SessionListener of(ContextView context) {
        return context.<SessionListener>getOrEmpty(SessionListener.class).orElse(session -> {});
    }

    /**
     * Puts this listener into a context, in the place of another one.
     *
     * @param context of a subscriber
     * @return the context with it
     */
    default Context in(Context context) {
        return Objects.requireNonNull(context, "context").put(SessionListener.class, this);
    }
}
