package io.qwenasr.samples.benchmarks.peer;

import java.nio.ByteBuffer;

/** No client at all: what is measured is the harness. */
final class PacerPeer implements Peer {

    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public Session open(SessionPlan plan) {
        if (plan.source() != null) {
            plan.listener().onEnd(null);
        }
        return new Session() {
            @Override
            public boolean offer(ByteBuffer pcm) {
                return true;
            }

            @Override
            public void finish() {
                plan.listener().onEnd(null);
            }

            @Override
            public void abort() {}
        };
    }
}
