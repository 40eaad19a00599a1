package io.qwenasr.reactor.test;

import static io.qwenasr.SessionPhase.CONFIGURING;
import static io.qwenasr.SessionPhase.CONNECTING;
import static io.qwenasr.SessionPhase.FINISHING;
import static io.qwenasr.SessionPhase.STREAMING;
import static io.qwenasr.reactor.test.Expected.cannotConnect;
import static io.qwenasr.reactor.test.Expected.closed;
import static io.qwenasr.reactor.test.Expected.completes;
import static io.qwenasr.reactor.test.Expected.completesWith;
import static io.qwenasr.reactor.test.Expected.incomplete;
import static io.qwenasr.reactor.test.Expected.isNotTheProtocol;
import static io.qwenasr.reactor.test.Expected.lost;
import static io.qwenasr.reactor.test.Expected.rejected;
import static io.qwenasr.reactor.test.Expected.serverError;
import static io.qwenasr.reactor.test.Expected.timesOut;
import static io.qwenasr.reactor.test.TestSignals.MANUAL;
import static io.qwenasr.reactor.test.TestSignals.VAD;
import static io.qwenasr.reactor.test.TestSignals.await;
import static io.qwenasr.reactor.test.TestSignals.chunks;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.test.Expected.Deadline;
import io.qwenasr.session.ClientSessionSettings;
import io.qwenasr.session.ServerSessionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;

/** Every standard fault in each phase: the documented error, or recovery with all results, within its deadline. */
class FaultMatrixTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration QUICK = Duration.ofMillis(200);
    private static final int ATTEMPTS = 3;

    private final ScriptedTranscriber script = ScriptedTranscriber.finals("one", "two", "three");
    private RunningServer server;
    private FaultProxy proxy;

    /** What each fault has to lead to. A fault that is new in the enum does not compile until it is here. */
    private static Expected expected(StandardFault fault, SessionPhase phase) {
        boolean connecting = phase == CONNECTING;
        boolean finishing = phase == FINISHING;
        return switch (fault) {
            case REFUSED, HANDSHAKE_RESET, HANDSHAKE_CUT -> cannotConnect();
            case SLOW_TO_ANSWER -> completes();
            case HTTP_401 -> rejected(401, false, null);
            case HTTP_403 -> rejected(403, false, null);
            case HTTP_404 -> rejected(404, false, null);
            case HTTP_429 -> rejected(429, true, Duration.ofSeconds(1));
            case HTTP_503 -> rejected(503, true, Duration.ofSeconds(1));

            case RESET, CUT -> connecting ? cannotConnect() : lost(phase);
            case HALF_OPEN, SERVER_NOT_READ -> timesOut(connecting ? Deadline.HANDSHAKE : Deadline.KEEP_ALIVE, phase);
            // The answer to the configuration, and all results once the audio is complete, still come.
            case CLIENT_NOT_READ ->
                switch (phase) {
                    case CONNECTING -> timesOut(Deadline.HANDSHAKE, CONNECTING);
                    case FINISHING -> completes();
                    default -> timesOut(Deadline.KEEP_ALIVE, STREAMING);
                };
            case ONE_BYTE_SEGMENTS, LATENCY, LONG_FRAMES, FRAGMENTED_FRAMES -> completes();

            case UNKNOWN_EVENT, BINARY_FRAME -> completes();
            case BAD_JSON, BAD_UTF8, NO_FRAME -> isNotTheProtocol(phase);
            case ERROR_EVENT -> phase == CONFIGURING ? serverError("invalid_value", false, CONFIGURING) : completes();
            case FATAL_ERROR_EVENT -> serverError("internal_error", true, phase);
            case CLOSE_1000 -> closed(1000, "bye", phase);
            case CLOSE_1001 -> closed(1001, "server is stopping", phase);
            case CLOSE_1011 -> closed(1011, "internal error", phase);
            case CLOSE_4000 -> closed(4000, "", phase);
            case CLOSE_WITHOUT_CODE -> closed(1005, "", phase);

            case CREATED_MISSING, CREATED_LATE, UPDATED_LATE -> completes();
            case UPDATED_MISSING -> timesOut(Deadline.READY, CONFIGURING);
            case FINAL_MISSING, FINAL_LATE ->
                finishing ? incomplete("item_1_1", "item_1_2", "item_1_3") : timesOut(Deadline.RESULT, STREAMING);
            case FINAL_TWICE, FINALS_SWAPPED -> completes();
            case ITEM_FAILED ->
                completesWith(finishing ? List.of("failed", "failed", "failed") : List.of("failed", "two", "three"));
            case FINISHED_MISSING, FINISH_LOST -> timesOut(Deadline.FINISH, FINISHING);
            case FINISHED_EARLY ->
                finishing ? incomplete() : closed(1000, "session.finished before the audio was complete", STREAMING);
        };
    }

    static Stream<Arguments> cells() {
        return Stream.of(StandardFault.values())
                .flatMap(fault -> fault.phases().stream().map(phase -> Arguments.of(fault, phase)));
    }

    @BeforeEach
    void start() {
        server = QwenAsrServer.builder(script)
                .session(ServerSessionSettings.DEFAULTS
                        .withCloseTimeout(QUICK)
                        .withFinishedGrace(Duration.ofSeconds(10)))
                .build()
                .start()
                .block(LIMIT);
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.stop(QUICK).block(LIMIT);
    }

    private static ClientSessionSettings settings(Deadline deadline) {
        ClientSessionSettings settings = ClientSessionSettings.DEFAULTS.withCloseTimeout(QUICK);
        if (deadline == null) {
            return settings;
        }
        return switch (deadline) {
            case HANDSHAKE -> settings;
            case READY -> settings.withReadyTimeout(Expected.SHORT);
            case RESULT -> settings.withResultTimeout(Expected.SHORT);
            case FINISH -> settings.withFinishTimeout(Expected.SHORT);
            case KEEP_ALIVE -> settings.withKeepAliveInterval(Expected.SHORT).withKeepAliveTimeout(Expected.SHORT);
        };
    }

    @ParameterizedTest
    @MethodSource("cells")
    void withTurnsDetectedByTheServer(StandardFault fault, SessionPhase phase) {
        endsAsDocumented(fault, phase, true, ATTEMPTS);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void withTurnsCommittedByTheClient(StandardFault fault, SessionPhase phase) {
        endsAsDocumented(fault, phase, false, ATTEMPTS);
    }

    private void endsAsDocumented(StandardFault fault, SessionPhase phase, boolean vad, int attempts) {
        Expected expected = expected(fault, phase);
        Fault happening = fault.in(phase);
        proxy = FaultProxy.builder(server.endpoint())
                .connection(1, happening)
                .seed(fault.name().hashCode())
                .start();
        QwenAsrClient client = QwenAsrClient.builder(proxy.endpoint())
                .handshakeTimeout(expected.deadline() == Deadline.HANDSHAKE ? Expected.SHORT : LIMIT)
                .session(settings(expected.deadline()))
                .build();
        // What happens while streaming happens before the audio ends: that waits for the first two results. What
        // happens
        // while finishing happens once the service has announced all utterances; without that it owes nothing.
        Queue<TranscriptionEvent> events = new ConcurrentLinkedQueue<>();
        AtomicReference<SignalType> source = new AtomicReference<>();
        Sinks.Empty<Void> said = Sinks.empty();
        Mono<AudioSignal> pause = said.asMono().then(Mono.empty());
        Flux<AudioSignal> audio = vad
                ? chunks(25).concatWith(pause)
                : Flux.concat(
                        chunks(10),
                        Flux.just(AudioSignal.commit()),
                        chunks(10),
                        Flux.just(AudioSignal.commit()),
                        chunks(5),
                        phase == FINISHING ? Mono.empty() : pause);

        Signal<TranscriptionEvent> end = client.transcribe(audio.doFinally(source::set), vad ? VAD : MANUAL)
                .doOnNext(event -> {
                    events.add(event);
                    if (phase == FINISHING ? isStartOfThird(event) : resultsIn(events) == 2) {
                        said.tryEmitEmpty();
                    }
                })
                .ignoreElements()
                .materialize()
                .block(LIMIT);

        if (attempts > 1 && expected.deadline() != null && isTooEarly(end.getThrowable())) {
            proxy.close();
            endsAsDocumented(fault, phase, vad, attempts - 1);
            return;
        }
        expected.check(List.copyOf(events), end.getThrowable());
        assertThat(proxy.connection(1).happened()).containsExactly(happening);
        assertThat(proxy.connections()).hasSize(1);
        await("the end of the audio", () -> source.get() != null);
        assertThat(source.get())
                .as("the end of the audio")
                .isEqualTo(phase == FINISHING || expected.error() == null ? SignalType.ON_COMPLETE : SignalType.CANCEL);
        // Who does not read cannot see that the other one has gone.
        proxy.resume();
        await("the end of the connection", () -> proxy.openConnections() == 0);
        await("the end of the server's session", () -> server.sessions() == 0);
    }

    /** Whether a short timeout has ended the session before its fault: the machine stood still for so long. */
    private boolean isTooEarly(@Nullable Throwable error) {
        return error instanceof SessionTimeoutException
                && proxy.connections().stream()
                        .allMatch(connection -> connection.happened().isEmpty());
    }

    private static boolean isStartOfThird(TranscriptionEvent event) {
        return event instanceof TranscriptionEvent.SpeechStarted started
                && started.itemId().endsWith("_3");
    }

    private static long resultsIn(Queue<TranscriptionEvent> events) {
        return events.stream().filter(Expected::isResult).count();
    }
}
