package io.qwenasr.samples.benchmarks.peer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Audio that is there whenever a session wants more. Asked by one thread at a time. */
@FunctionalInterface
public interface PcmSource {

    /** Returns the next chunk, or null at the end. */
    @Nullable ByteBuffer next();
}
