package io.qwenasr.samples.benchmarks.peer;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a session is to do.
 *
 * @param server the address, without a query
 * @param source audio to pull as fast as it can be sent, or null if it is pushed by {@link Session#offer}
 * @param slow whether the listener blocks, so that a peer with an event loop has to call it elsewhere
 * @param listener who is told
 */
public record SessionPlan(URI server, @Nullable PcmSource source, boolean slow, SessionListener listener) {

    public static SessionPlan pulling(URI server, PcmSource source, SessionListener listener) {
        return new SessionPlan(server, source, false, listener);
    }

    public static SessionPlan pushing(URI server, SessionListener listener) {
        return new SessionPlan(server, null, false, listener);
    }

    public SessionPlan slowly() {
        return new SessionPlan(server, source, true, listener);
    }

    /** Returns the address as the protocol wants it. */
    URI withModel() {
        return URI.create(server + "?model=" + Wire.MODEL);
    }
}
