package io.qwenasr.reactor;

import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Tells BlockHound of locks, held for moments, that are not ours. Its error in the middle of an allocation would end
 * a session, or leave one that never ends.
 */
public final class ShortLocks implements BlockHoundIntegration {

    private static final String NETTY_ALLOCATOR = "io.netty.buffer.AdaptivePoolingAllocator";
    private static final String TCK = "org.reactivestreams.tck.TestEnvironment";

    /** Made by BlockHound. */
    public ShortLocks() {}

    @Override
    public void applyTo(BlockHound.Builder builder) {
        // Taken when several threads have shared a magazine and Netty makes more of them.
        builder.allowBlockingCallsInside(NETTY_ALLOCATOR + "$MagazineGroup", "allocate")
                .allowBlockingCallsInside(NETTY_ALLOCATOR + "$Magazine", "free")
                .allowBlockingCallsInside(NETTY_ALLOCATOR + "$MagazineGroup", "free")
                // What subscribers of the TCK have received is behind a lock.
                .allowBlockingCallsInside(TCK + "$Receptacle", "add")
                .allowBlockingCallsInside(TCK + "$Receptacle", "complete")
                .allowBlockingCallsInside(TCK + "$Promise", "complete")
                .allowBlockingCallsInside(TCK + "$Promise", "completeImmediatly")
                .allowBlockingCallsInside(TCK, "flop")
                .blockingMethodCallback(method -> {
                    // Told here too: an event loop may swallow it, and what is seen then is a test that waits.
                    BlockingOperationError error = new BlockingOperationError(method);
                    error.printStackTrace();
                    throw error;
                });
    }
}
