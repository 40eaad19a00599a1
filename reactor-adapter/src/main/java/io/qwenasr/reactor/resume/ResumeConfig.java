package io.qwenasr.reactor.resume;

import io.qwenasr.reactor.Transcriber;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** What a resuming transcriber was built with. */
record ResumeConfig(
        Transcriber transcriber,
        Duration keep,
        ReconnectPolicy policy,
        @Nullable Duration sessionLimit,
        Scheduler scheduler) {}
