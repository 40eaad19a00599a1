package io.qwenasr.reactor.test;

import static io.qwenasr.reactor.test.TestSignals.MANUAL;
import static io.qwenasr.reactor.test.TestSignals.VAD;
import static io.qwenasr.reactor.test.TestSignals.chunks;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.ProtocolException;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.session.ClientSessionSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What the proxy does to the protocol, seen by a client in front of it and a server behind. */
class FaultProxyProtocolTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String COMPLETED = "conversation.item.input_audio_transcription.completed";
    private static final ClientSessionSettings QUICK =
            ClientSessionSettings.DEFAULTS.withFinishTimeout(Duration.ofMillis(500));

    private final ScriptedTranscriber script = ScriptedTranscriber.finals("one", "two", "three");
    private RunningServer server;
    private FaultProxy proxy;

    /** How a session went. */
    private record Run(List<TranscriptionEvent> events, Throwable error) {
        List<String> finals() {
            return events.stream()
                    .filter(Final.class::isInstance)
                    .map(e -> ((Final) e).transcript())
                    .toList();
        }
    }

    @BeforeEach
    void start() {
        server = QwenAsrServer.builder(script).build().start().block(LIMIT);
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
    }

    private Run run(Fault... faults) {
        return run(chunks(25), faults);
    }

    private Run run(Flux<AudioSignal> audio, Fault... faults) {
        proxy = FaultProxy.builder(server.endpoint()).connection(1, faults).start();
        return run(audio);
    }

    private Run run(Flux<AudioSignal> audio) {
        return run(audio, ClientSessionSettings.DEFAULTS);
    }

    private Run run(Flux<AudioSignal> audio, ClientSessionSettings settings) {
        QwenAsrClient client =
                QwenAsrClient.builder(proxy.endpoint()).session(settings).build();
        List<TranscriptionEvent> events = new ArrayList<>();
        Throwable error = client.transcribe(audio, VAD)
                .doOnNext(events::add)
                .ignoreElements()
                .materialize()
                .map(end -> end.isOnError() ? end.getThrowable() : new NoError())
                .block(LIMIT);
        return new Run(events, error instanceof NoError ? null : error);
    }

    private static final class NoError extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void assertHappened(Fault... faults) {
        assertThat(proxy.connection(1).happened()).containsExactly(faults);
    }

    @Test
    void passesASessionOn() {
        // Looks into the WebSocket, but has nothing to do.
        Run run = run(Fault.drop(Moment.serverEvent("no such type", 1)));
        assertThat(run.error).isNull();
        assertThat(run.finals()).containsExactly("one", "two", "three");
        assertThat(proxy.connection(1).happened()).isEmpty();
        assertThat(script.session(1).bytes()).isEqualTo(80_000);
        assertThat(proxy.connection(1).frames(Direction.TO_CLIENT)).isGreaterThan(10);
    }

    @ParameterizedTest
    @CsvSource({"401,false", "403,false", "404,false", "429,true", "503,true"})
    void rejectsTheHandshake(int status, boolean retryable) {
        Run run = run(Fault.reject(status, Map.of("Retry-After", "3"), "{\"code\":\"Of" + status + "\"}"));
        assertThat(run.error).isInstanceOfSatisfying(HandshakeRejectedException.class, e -> {
            assertThat(e.status()).isEqualTo(status);
            assertThat(e.body()).isEqualTo("{\"code\":\"Of" + status + "\"}");
            assertThat(e.header("retry-after")).isEqualTo("3");
            assertThat(e.isRetryable()).isEqualTo(retryable);
        });
        assertThat(run(chunks(25)).error).as("the second connection").isNull();
    }

    @Test
    void losesAFinal() {
        Fault fault = Fault.drop(Moment.serverEvent(COMPLETED, 2));
        Run run = run(fault);
        assertThat(run.error)
                .isInstanceOfSatisfying(
                        IncompleteTranscriptException.class,
                        e -> assertThat(e.openItems()).containsExactly("item_1_2"));
        assertThat(run.finals()).containsExactly("one", "three");
        assertHappened(fault);
    }

    @Test
    void repeatsAFinal() {
        Run run = run(Fault.duplicate(Moment.eachServerEvent(COMPLETED)));
        assertThat(run.error).isNull();
        assertThat(run.finals()).containsExactly("one", "two", "three");
        assertThat(proxy.connection(1).frames(Direction.TO_CLIENT)).isGreaterThan(20);
    }

    @Test
    void swapsFinals() {
        Run run = run(Fault.holdUntil(Moment.serverEvent(COMPLETED, 1), Moment.serverEvent(COMPLETED, 2)));
        assertThat(run.error).isNull();
        assertThat(run.finals()).containsExactly("two", "one", "three");
    }

    @Test
    void keepsAFinalUntilTheSessionIsFinished() {
        Run run = run(Fault.holdUntil(Moment.serverEvent(COMPLETED, 3), Moment.serverEvent("session.finished", 1)));
        assertThat(run.error).isInstanceOf(IncompleteTranscriptException.class);
        assertThat(run.finals()).containsExactly("one", "two");
    }

    @Test
    void delaysOneEventAndNotTheOthers() {
        proxy = FaultProxy.builder(server.endpoint())
                .connection(1, Fault.late(Moment.serverEvent(COMPLETED, 1), Duration.ofSeconds(2)))
                .start();
        Sinks.Empty<Void> bothThere = Sinks.empty();
        Flux<AudioSignal> audio = chunks(20).concatWith(bothThere.asMono().then(Mono.empty()));
        assertThat(QwenAsrClient.builder(proxy.endpoint())
                        .build()
                        .transcribe(audio, VAD)
                        .ofType(Final.class)
                        .map(Final::transcript)
                        .doOnNext(text -> {
                            if (text.equals("one")) {
                                bothThere.tryEmitEmpty();
                            }
                        })
                        .collectList()
                        .block(LIMIT))
                .containsExactly("two", "one", "three");
    }

    @Test
    void replacesAResultByAFailure() {
        Run run = run(StandardFault.ITEM_FAILED.in(SessionPhase.STREAMING));
        assertThat(run.error).isNull();
        assertThat(run.events)
                .filteredOn(TranscriptionEvent.Failed.class::isInstance)
                .singleElement()
                .satisfies(e ->
                        assertThat(((TranscriptionEvent.Failed) e).itemId()).isEqualTo("item_1_1"));
    }

    @Test
    void changesWhatTheClientSays() {
        Run run =
                run(Fault.replace(Moment.clientEvent("session.update", 1), json -> json.replace("\"pcm\"", "\"mp3\"")));
        assertThat(run.error).isInstanceOf(ServerErrorException.class);
        assertThat(run.events).isEmpty();
    }

    @Test
    void losesWhatTheClientSays() {
        proxy = FaultProxy.builder(server.endpoint())
                .connection(1, Fault.drop(Moment.clientEvent("session.finish", 1)))
                .start();
        Run run = run(chunks(25), QUICK);
        assertThat(run.error).isInstanceOf(SessionTimeoutException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 100_000})
    void cutsEventsIntoFrames(int frames) {
        Run run = run(Fault.fragment(Moment.eachServerEvent(COMPLETED), frames));
        assertThat(run.error).isNull();
        assertThat(run.finals()).containsExactly("one", "two", "three");
    }

    @Test
    void fragmentsWhatItHasMadeLonger() {
        Run run = run(
                Fault.pad(Moment.eachServerEvent(COMPLETED), 200_000),
                Fault.fragment(Moment.eachServerEvent(COMPLETED), 3),
                Fault.duplicate(Moment.serverEvent(COMPLETED, 1)));
        assertThat(run.error).isNull();
        assertThat(run.finals()).containsExactly("one", "two", "three");
        assertThat(proxy.bytes(Direction.TO_CLIENT)).isGreaterThan(800_000);
    }

    @Test
    void sendsAnEventInPlaceOfTheServer() {
        Run run = run(Fault.send(
                Moment.serverEvent("session.updated", 1), "{\"type\":\"x.news\",\"event_id\":\"e\",\"a\":1}"));
        assertThat(run.error).isNull();
        assertThat(run.events.get(1))
                .isEqualTo(
                        new TranscriptionEvent.Unknown("x.news", "{\"type\":\"x.news\",\"event_id\":\"e\",\"a\":1}"));
    }

    @Test
    void sendsBeforeAnEventPasses() {
        Run run = run(Fault.send(
                Moment.serverEvent("session.updated", 1).before(), "{\"type\":\"x.news\",\"event_id\":\"e\"}"));
        assertThat(run.events.get(0)).isInstanceOf(TranscriptionEvent.Unknown.class);
        assertThat(run.events.get(1)).isInstanceOf(TranscriptionEvent.SessionReady.class);
    }

    @Test
    void sendsWhatIsNotTheProtocol() {
        for (StandardFault fault : List.of(StandardFault.BAD_JSON, StandardFault.BAD_UTF8)) {
            Run run = run(fault.in(SessionPhase.STREAMING));
            proxy.close();
            assertThat(run.error).as("%s", fault).isInstanceOf(ProtocolException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"1000,bye", "1001,stopping", "1011,internal", "4321,''"})
    void closesWithACode(int code, String reason) {
        Run run = run(
                chunks(25).concatWith(Flux.never()),
                Fault.close(Moment.clientEvent("input_audio_buffer.append", 5), code, reason));
        assertThat(run.error).isInstanceOfSatisfying(ConnectionClosedException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.phase()).isEqualTo(SessionPhase.STREAMING);
        });
        TestSignals.await("the end of the connection", () -> proxy.openConnections() == 0);
        TestSignals.await("the end of the session", () -> server.sessions() == 0);
    }

    @Test
    void closesWithoutACode() {
        Run run = run(Fault.closeWithoutCode(Moment.in(SessionPhase.CONFIGURING)));
        assertThat(run.error)
                .isInstanceOfSatisfying(
                        ConnectionClosedException.class,
                        e -> assertThat(e.code()).isEqualTo(1005));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONFIGURING", "STREAMING", "FINISHING"})
    void endsWithoutACloseFrame(SessionPhase phase) {
        for (StandardFault fault : List.of(StandardFault.RESET, StandardFault.CUT)) {
            Flux<AudioSignal> audio =
                    phase == SessionPhase.FINISHING ? chunks(5) : chunks(5).concatWith(Flux.never());
            Run run = run(audio, fault.in(phase));
            assertHappened(fault.in(phase));
            proxy.close();
            assertThat(run.error).isInstanceOfSatisfying(ConnectionClosedException.class, e -> {
                assertThat(e.code()).isEqualTo(ConnectionClosedException.NO_CLOSE_FRAME);
                assertThat(e.phase()).isEqualTo(phase);
            });
        }
    }

    @Test
    void keepsAnEventFromPassing() {
        Run run = run(Fault.reset(Moment.serverEvent("session.updated", 1).before()));
        assertThat(run.error).isInstanceOf(ConnectionClosedException.class);
        assertThat(run.events).isEmpty();
        assertThat(proxy.connection(1).frames(Direction.TO_CLIENT)).isEqualTo(1);
    }

    @Test
    void resetsAtAFrame() {
        Run run = run(Fault.reset(Moment.afterFrames(Direction.TO_SERVER, 4)));
        assertThat(run.error).isInstanceOf(ConnectionClosedException.class);
        assertThat(proxy.connection(1).frames(Direction.TO_SERVER)).isEqualTo(4);
    }

    @Test
    void resetsWhenTheHandshakeHasPassed() {
        Run run = run(Fault.reset(Moment.afterFrames(Direction.TO_CLIENT, 0)));
        assertThat(run.error).isNotNull();
        assertThat(proxy.connection(1).frames(Direction.TO_CLIENT)).isZero();
        assertThat(proxy.connection(1).bytes(Direction.TO_CLIENT)).isBetween(100L, 1_000L);
    }

    @Test
    void looksIntoAWebSocketThatComesByteByByte() {
        try (FaultProxy slow = FaultProxy.builder(server.endpoint())
                .others(Fault.segments(Direction.TO_CLIENT, 1), Fault.segments(Direction.TO_SERVER, 100))
                .start()) {
            proxy = FaultProxy.builder(slow.endpoint())
                    .connection(1, Fault.drop(Moment.serverEvent(COMPLETED, 1)))
                    .start();
            Run run = run(chunks(3));
            assertThat(run.finals()).containsExactly("two", "three");
        }
    }

    @Test
    void isResetByAFaultThatFails() {
        Run run = run(Fault.replace(Moment.serverEvent(COMPLETED, 1), json -> {
            throw new IllegalStateException("cannot change this");
        }));
        assertThat(run.error).isInstanceOf(ConnectionClosedException.class);
    }

    @Test
    void passesManualSessionsOn() {
        proxy = FaultProxy.builder(server.endpoint())
                .connection(1, Fault.duplicate(Moment.eachServerEvent("input_audio_buffer.committed")))
                .start();
        assertThat(QwenAsrClient.builder(proxy.endpoint())
                        .build()
                        .transcribe(Flux.concat(chunks(2), Flux.just(AudioSignal.commit()), chunks(1)), MANUAL)
                        .ofType(Final.class)
                        .map(Final::transcript)
                        .collectList()
                        .block(LIMIT))
                .containsExactly("one", "two");
    }

    static Stream<Arguments> standardFaults() {
        return Stream.of(StandardFault.values())
                .flatMap(fault -> fault.phases().stream().map(phase -> Arguments.of(fault, phase)));
    }

    @ParameterizedTest
    @MethodSource("standardFaults")
    void makesEachStandardFaultHappen(StandardFault fault, SessionPhase phase) {
        Fault expected = fault.in(phase);
        proxy = FaultProxy.builder(server.endpoint()).connection(1, expected).start();
        var session = QwenAsrClient.builder(proxy.endpoint())
                .build()
                .transcribe(chunks(25), VAD)
                .onErrorComplete()
                .subscribe();
        TestSignals.await(
                "that it happens",
                () -> proxy.connections().size() == 1
                        && proxy.connection(1).happened().contains(expected));
        session.dispose();
    }
}
