package io.qwenasr.reactor.observation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.session.ClientSession;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The meters of all sessions of one mode. The model is no tag: behind a server it is the client who names it, so that
 * there could be any number of them.
 */
final class SessionMeters {

    private static final double NANOS = 1e9;

    private final MeterRegistry registry;
    private final String mode;
    private final LongTaskTimer active;
    private final Counter sent;
    private final DistributionSummary inFlight;
    private final Counter replayed;
    private final Counter droppedBySource;
    private final Counter droppedByReconnect;
    private final Counter lost;
    private final Counter reconnects;
    private final Timer firstPartial;
    private final Timer finalResult;
    private final Map<Class<? extends TranscriptionEvent>, Counter> events = new ConcurrentHashMap<>();

    SessionMeters(MeterRegistry registry, String mode) {
        this.registry = registry;
        this.mode = mode;
        // No gauge: a registry keeps only the first of a name, and there may be several observed transcribers.
        active = LongTaskTimer.builder("qwen.asr.sessions.active")
                .description("Sessions that are open or being opened")
                .tag("mode", mode)
                .register(registry);
        sent = seconds("qwen.asr.audio.sent", "Audio that transcribers took, each second once")
                .tag("mode", mode)
                .register(registry);
        // No gauge, for the same reason.
        inFlight = DistributionSummary.builder("qwen.asr.append.in.flight")
                .description("Audio between the source and the socket when more is taken")
                .baseUnit("seconds")
                .tag("mode", mode)
                .register(registry);
        replayed = seconds("qwen.asr.audio.replayed", "Audio that was sent once more after a reconnect")
                .tag("mode", mode)
                .register(registry);
        droppedBySource = dropped("source");
        droppedByReconnect = dropped("reconnect");
        lost = seconds("qwen.asr.audio.lost", "Audio that ledgers declare lost, counted at the end")
                .tag("mode", mode)
                .register(registry);
        reconnects = Counter.builder("qwen.asr.reconnects")
                .description("Sessions that were opened in the place of a lost one")
                .tag("mode", mode)
                .register(registry);
        firstPartial = latency("qwen.asr.latency.first.partial", "From the start of speech to the first partial");
        finalResult = latency("qwen.asr.latency.final", "From the end of speech to the final");
    }

    static String mode(SessionOptions options) {
        return options.isManual() ? "manual" : "vad";
    }

    private static Counter.Builder seconds(String name, String description) {
        return Counter.builder(name).description(description).baseUnit("seconds");
    }

    private Counter dropped(String reason) {
        return seconds("qwen.asr.audio.dropped", "Audio that is in no transcript")
                .tag("mode", mode)
                .tag("reason", reason)
                .register(registry);
    }

    private Timer latency(String name, String description) {
        return Timer.builder(name).description(description).tag("mode", mode).register(registry);
    }

    LongTaskTimer.Sample started() {
        return active.start();
    }

    void heard(AudioSignal signal, AudioFormat format, @Nullable ClientSession session) {
        if (signal instanceof AudioSignal.Chunk chunk && format.encoding() == AudioFormat.Encoding.PCM) {
            double bytesPerSecond = 2.0 * format.sampleRate();
            sent.increment(chunk.audio().remaining() / bytesPerSecond);
            if (session != null) {
                inFlight.record(session.audioBytesInFlight() / bytesPerSecond);
            }
        }
    }

    void told(TranscriptionEvent event) {
        Counter counter = events.get(event.getClass());
        if (counter == null) {
            counter = events.computeIfAbsent(event.getClass(), this::count);
        }
        counter.increment();
        if (event instanceof TranscriptionEvent.AudioDropped dropped) {
            droppedBySource.increment(seconds(dropped.length()));
        } else if (event instanceof TranscriptionEvent.Reconnected again) {
            reconnects.increment();
            replayed.increment(seconds(again.replayed()));
            droppedByReconnect.increment(seconds(again.lost()));
        }
    }

    private Counter count(Class<? extends TranscriptionEvent> type) {
        return Counter.builder("qwen.asr.events")
                .description("Events by type")
                .tag("mode", mode)
                .tag(
                        "type",
                        type.getSimpleName().replaceAll("(?<=.)(?=[A-Z])", "_").toLowerCase(Locale.ROOT))
                .register(registry);
    }

    void lost(Duration audio) {
        lost.increment(seconds(audio));
    }

    void late(UtteranceLatency latency) {
        if (latency.firstPartial() != null) {
            firstPartial.record(latency.firstPartial());
        }
        if (latency.finalResult() != null) {
            finalResult.record(latency.finalResult());
        }
    }

    void failed(Throwable error, ErrorCategory category) {
        Counter.builder("qwen.asr.errors")
                .description("Sessions that failed")
                .tag("mode", mode)
                .tag("category", category.name().toLowerCase(Locale.ROOT))
                .tag("retryable", Boolean.toString(ErrorCategory.isRetryable(error)))
                .register(registry)
                .increment();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS;
    }
}
