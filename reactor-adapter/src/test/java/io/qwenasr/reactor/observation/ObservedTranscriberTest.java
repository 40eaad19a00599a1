package io.qwenasr.reactor.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.ReconnectFailedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.resume.ReconnectPolicy;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What Micrometer is told of sessions. */
class ObservedTranscriberTest {

    private static final int CHUNK_BYTES = 3_200;

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ObservationRegistry observations = ObservationRegistry.create();
    private final SimpleTracer tracer = new SimpleTracer();

    private Flux<AudioSignal> audio(int chunks) {
        return Flux.range(0, chunks).map(i -> AudioSignal.chunk(ByteBuffer.allocate(CHUNK_BYTES)));
    }

    private Transcriber observed(Transcriber asr) {
        return ObservedTranscriber.of(asr).observations(observations).meters(meters);
    }

    private double count(String name, String... tags) {
        return meters.get(name).tag("mode", "vad").tags(tags).counter().count();
    }

    private long active() {
        return meters.get("qwen.asr.sessions.active").longTaskTimers().stream()
                .mapToLong(timer -> timer.activeTasks())
                .sum();
    }

    @Test
    void countsAudioAndEvents() {
        Transcriber asr = observed(ScriptedTranscriber.finals("one", "two"));

        StepVerifier.create(asr.transcribe(
                                Flux.concat(audio(20), Flux.just(AudioSignal.gap(Duration.ofSeconds(3))), audio(5)),
                                SessionOptions.defaults())
                        .then())
                .verifyComplete();

        assertThat(count("qwen.asr.audio.sent")).isCloseTo(2.5, within(1e-9));
        assertThat(count("qwen.asr.audio.dropped", "reason", "source")).isEqualTo(3);
        assertThat(count("qwen.asr.audio.dropped", "reason", "reconnect")).isZero();
        assertThat(count("qwen.asr.events", "type", "final")).isEqualTo(2);
        assertThat(count("qwen.asr.events", "type", "session_ready")).isEqualTo(1);
        assertThat(count("qwen.asr.reconnects")).isZero();
        assertThat(meters.find("qwen.asr.errors").counters()).isEmpty();
        assertThat(meters.get("qwen.asr.latency.final").timer().count()).isEqualTo(2);
        assertThat(active()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 200, 800})
    void recordsTheLatencyOfFinals(int delay) {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        Transcriber slow = ObservedTranscriber.of(ScriptedTranscriber.script()
                        .scheduler(time)
                        .utterancesOf(Duration.ofSeconds(1))
                        .onEachUtterance()
                        .after(Duration.ofMillis(delay))
                        .say("words")
                        .build())
                .meters(meters)
                .clock(time);

        slow.transcribe(
                        Flux.interval(Duration.ofMillis(100), time)
                                .take(20)
                                .onBackpressureBuffer()
                                .<AudioSignal>map(i -> AudioSignal.chunk(ByteBuffer.allocate(CHUNK_BYTES))),
                        SessionOptions.defaults())
                .subscribe();
        time.advanceTimeBy(Duration.ofSeconds(10));

        var late = meters.get("qwen.asr.latency.final").timer();
        assertThat(late.count()).isEqualTo(2);
        assertThat(late.max(TimeUnit.MILLISECONDS)).isEqualTo(delay);
        assertThat(late.mean(TimeUnit.MILLISECONDS)).isEqualTo(delay);
        var partial = meters.get("qwen.asr.latency.first.partial").timer();
        assertThat(partial.mean(TimeUnit.MILLISECONDS)).isEqualTo(400);
    }

    @Test
    void countsReconnectsAndWhatTheyCost() {
        ConnectionClosedException lost =
                new ConnectionClosedException(1012, "restart", SessionPhase.STREAMING, "sess_1", null);
        Transcriber dying = ScriptedTranscriber.inTurn(
                ScriptedTranscriber.script()
                        .at(Duration.ofSeconds(1))
                        .fail(lost)
                        .build(),
                ScriptedTranscriber.finals("one"));
        Transcriber asr = observed(ResumingTranscriber.of(dying)
                .reconnecting(
                        new ReconnectPolicy(3, Duration.ofMillis(1), Duration.ofMillis(1), 0, Duration.ofSeconds(30))));

        List<TranscriptionEvent> events = asr.transcribe(audio(30), SessionOptions.defaults())
                .collectList()
                .block(Duration.ofSeconds(10));

        Reconnected told = (Reconnected) events.stream()
                .filter(Reconnected.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(told.replayed()).isPositive();
        assertThat(count("qwen.asr.reconnects")).isEqualTo(1);
        assertThat(count("qwen.asr.audio.replayed")).isEqualTo(told.replayed().toNanos() / 1e9);
        assertThat(count("qwen.asr.audio.sent")).isCloseTo(3, within(1e-9));
        assertThat(meters.find("qwen.asr.errors").counters())
                .as("a session that was resumed has not failed")
                .isEmpty();
    }

    @Test
    void countsWhatTheLedgerDeclaresLostAlsoWhenCancelled() {
        Transcriber asr = observed(ResumingTranscriber.of((audio, options) -> Flux.<TranscriptionEvent>never()
                .doOnSubscribe(s -> Flux.from(audio).subscribe())));

        asr.transcribe(
                        Flux.concat(audio(1), Flux.just(AudioSignal.gap(Duration.ofSeconds(3))), Flux.never()),
                        SessionOptions.defaults())
                .subscribe()
                .dispose();

        assertThat(count("qwen.asr.audio.lost")).isEqualTo(3);
    }

    @Test
    void countsWhatIsLostInReconnects() {
        Transcriber asr = observed((audio, options) -> Flux.just(
                new Reconnected("s", Duration.ofSeconds(2), Duration.ofSeconds(4), 1, new IllegalStateException()),
                new AudioDropped(Duration.ZERO, Duration.ofSeconds(1))));

        asr.transcribe(audio(1), SessionOptions.defaults()).blockLast();

        assertThat(count("qwen.asr.audio.dropped", "reason", "reconnect")).isEqualTo(4);
        assertThat(count("qwen.asr.audio.dropped", "reason", "source")).isEqualTo(1);
        assertThat(count("qwen.asr.audio.replayed")).isEqualTo(2);
    }

    @Test
    void countsErrorsByCategory() {
        ConnectionClosedException lost =
                new ConnectionClosedException(1011, "oops", SessionPhase.STREAMING, null, null);
        StepVerifier.create(
                        observed((audio, options) -> Flux.error(lost)).transcribe(audio(1), SessionOptions.defaults()))
                .verifyErrorMatches(e -> e == lost);
        Transcriber broken = observed((audio, options) -> {
            throw new IllegalStateException("broken");
        });
        StepVerifier.create(broken.transcribe(audio(1), SessionOptions.defaults()))
                .verifyErrorMessage("broken");

        assertThat(count("qwen.asr.errors", "category", "connection_closed", "retryable", "true"))
                .isEqualTo(1);
        assertThat(count("qwen.asr.errors", "category", "other", "retryable", "false"))
                .isEqualTo(1);
        assertThat(active()).isZero();
    }

    @Test
    void reconnectingThatFailedCountsAsWhatTheLastAttemptFailedOf() {
        ReconnectFailedException gaveUp = new ReconnectFailedException(
                2,
                List.of(
                        new ConnectionClosedException(1011, "oops", SessionPhase.STREAMING, null, null),
                        new ConnectException("nothing listens", null)));
        StepVerifier.create(observed((audio, options) -> Flux.error(gaveUp))
                        .transcribe(audio(1), SessionOptions.defaults()))
                .verifyErrorMatches(e -> e == gaveUp);

        assertThat(count("qwen.asr.errors", "category", "connect", "retryable", "true"))
                .isEqualTo(1);
    }

    @Test
    void audioThatFailsIsNotTheServicesFault() {
        IllegalStateException noFile = new IllegalStateException("no such file");
        Transcriber asr = observed((audio, options) -> Flux.from(audio).thenMany(Flux.empty()));
        StepVerifier.create(asr.transcribe(Flux.<AudioSignal>error(noFile), SessionOptions.defaults()))
                .verifyErrorMatches(e -> e == noFile);

        assertThat(count("qwen.asr.errors", "category", "audio_source", "retryable", "false"))
                .isEqualTo(1);
    }

    /** Of the errors of this library none may count as "other": somebody is to be woken by the right one. */
    @Test
    void eachErrorOfThisLibraryHasACategory() {
        for (Class<?> type : QwenAsrException.class.getPermittedSubclasses()) {
            if (type != ReconnectFailedException.class) {
                assertThat(ErrorCategory.of(type.asSubclass(Throwable.class)))
                        .as(type.getSimpleName())
                        .isNotEqualTo(ErrorCategory.OTHER);
            }
        }
    }

    @Test
    void itsParentIsTheScopesWhereTheContextHasNone() {
        Observation caller = Observation.start("caller", observations);
        List<Observation.ContextView> parents = new ArrayList<>();
        observations.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStop(Observation.Context context) {
                if (context.getName().equals("qwen.asr.session")) {
                    parents.add(Objects.requireNonNull(context.getParentObservation())
                            .getContextView());
                }
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        caller.scoped(() -> observed((audio, options) -> Flux.<TranscriptionEvent>empty())
                .transcribe(audio(1), SessionOptions.defaults())
                .then()
                .block());
        assertThat(parents).containsExactly(caller.getContextView());
    }

    @Test
    void knowsWhichSessionsAreActiveWhoeverOpensThem() {
        var first = observed((audio, options) -> Flux.never())
                .transcribe(audio(1), SessionOptions.defaults())
                .subscribe();
        var second = observed((audio, options) -> Flux.never())
                .transcribe(audio(1), SessionOptions.builder().manual().build())
                .subscribe();
        assertThat(active()).isEqualTo(2);
        first.dispose();
        assertThat(active()).isEqualTo(1);
        second.dispose();
        assertThat(active()).isZero();
    }

    @Test
    void makesATimerOfEachOutcomeWithMetersAlone() {
        Transcriber asr =
                ObservedTranscriber.of(ScriptedTranscriber.finals("one")).meters(meters);
        asr.transcribe(audio(12), SessionOptions.defaults()).blockLast();
        asr.transcribe(Flux.<AudioSignal>never(), SessionOptions.defaults())
                .subscribe()
                .dispose();

        assertThat(meters.get("qwen.asr.session")
                        .tag("qwen.asr.outcome", "completed")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("qwen.asr.session")
                        .tag("qwen.asr.outcome", "cancelled")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void usesTheSameTagsForEachMeterWhateverHappens() {
        Transcriber asr =
                ObservedTranscriber.of(ScriptedTranscriber.finals("one")).meters(meters);
        asr.transcribe(audio(12), SessionOptions.defaults()).blockLast();
        asr.transcribe(audio(12), SessionOptions.builder().manual().build()).blockLast();
        ObservedTranscriber.of((audio, options) ->
                        Flux.error(new ConnectionClosedException(4_000, "", SessionPhase.STREAMING, null, null)))
                .meters(meters)
                .transcribe(audio(1), SessionOptions.defaults())
                .onErrorComplete()
                .blockLast();

        meters.getMeters().stream()
                .collect(java.util.stream.Collectors.groupingBy(
                        meter -> meter.getId().getName(),
                        java.util.stream.Collectors.mapping(
                                meter -> meter.getId().getTags().stream()
                                        .map(Tag::getKey)
                                        .toList(),
                                java.util.stream.Collectors.toSet())))
                .forEach((name, tags) -> assertThat(tags).as(name).hasSize(1));
    }

    @Test
    void putsTheCallersTraceOnTheSpanAndTheSpanIntoTheContext() {
        observations.observationConfig().observationHandler(new DefaultTracingObservationHandler(tracer));
        Observation caller = Observation.start("caller", observations);
        List<Object> seenByAudio = new ArrayList<>();
        List<Object> seenByTranscriber = new ArrayList<>();
        ScriptedTranscriber script = ScriptedTranscriber.finals("one");
        Transcriber asr = observed((audio, options) -> Flux.deferContextual(context -> {
            seenByTranscriber.add(context.get(ObservationThreadLocalAccessor.KEY));
            return script.transcribe(audio, options);
        }));
        Flux<AudioSignal> audio = Flux.deferContextual(context -> {
            seenByAudio.add(context.get(ObservationThreadLocalAccessor.KEY));
            return audio(12);
        });

        List<TranscriptionEvent> events = asr.transcribe(audio, SessionOptions.defaults())
                .contextWrite(context -> context.put(ObservationThreadLocalAccessor.KEY, caller))
                .collectList()
                .block();
        caller.stop();

        SimpleSpan span = tracer.getSpans().stream()
                .filter(s -> "qwen-asr session".equals(s.getName()))
                .findFirst()
                .orElseThrow();
        SimpleSpan parent = tracer.getSpans().stream()
                .filter(s -> "caller".equals(s.getName()))
                .findFirst()
                .orElseThrow();
        assertThat(span.getTraceId()).isNotEmpty().isEqualTo(parent.getTraceId());
        assertThat(span.getParentId()).isEqualTo(parent.getSpanId());
        assertThat(span.getTags())
                .containsEntry("qwen.asr.outcome", "completed")
                .containsEntry("qwen.asr.mode", "vad")
                .containsEntry("qwen.asr.close.code", "none")
                .containsEntry("qwen.asr.audio.seconds", "1.2")
                .containsEntry("qwen.asr.session.id", ((SessionReady) events.get(0)).sessionId())
                .doesNotContainKey("qwen.asr.language");
        assertThat(span.getEvents())
                .extracting(java.util.Map.Entry::getValue)
                .containsExactly("ready", "first partial");
        assertThat(seenByAudio).hasSize(1).isEqualTo(seenByTranscriber);
        assertThat(((Observation) seenByAudio.get(0)).getContext()).isInstanceOf(SessionObservationContext.class);
    }
}
