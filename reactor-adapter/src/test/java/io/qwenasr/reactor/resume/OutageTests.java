package io.qwenasr.reactor.resume;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioLedger.State;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.ReconnectFailedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.reactor.CommitBoundaries;
import io.qwenasr.reactor.LiveBuffer;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.test.ScriptedSession;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Servers that are away for a while, or come and go, in virtual time. */
class OutageTests {

    private static final AudioFormat FORMAT = AudioFormat.PCM_16K;
    private static final int CHUNK = 3_200;
    private static final ReconnectPolicy EACH_SECOND =
            new ReconnectPolicy(5, Duration.ofSeconds(1), Duration.ofSeconds(1), 0, Duration.ofMinutes(1));

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<TranscriptionEvent> events = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private static Duration s(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    private void listen(Flux<TranscriptionEvent> transcription) {
        transcription.subscribe(events::add, failure::set);
    }

    private <T> List<T> only(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static ConnectionClosedException reset(String session) {
        return new ConnectionClosedException(
                ConnectionClosedException.NO_CLOSE_FRAME, "", SessionPhase.STREAMING, session, null);
    }

    /** A microphone, which does not wait. */
    private Flux<ByteBuffer> microphone(byte[] audio) {
        return Flux.interval(s(0.1), time)
                .take(audio.length / CHUNK)
                .map(i -> ByteBuffer.wrap(audio, (int) (i * CHUNK), CHUNK).slice());
    }

    @Test
    void declaresLostExactlyWhatNoServerGot() {
        SessionOptions manual = SessionOptions.builder().manual().build();
        byte[] audio = new Speech(FORMAT, new Random(5)).say(20_000).audio();
        declaresLostWhatNoServerGot(audio, microphone(audio).transform(CommitBoundaries.every(s(0.7), FORMAT)), manual);
    }

    @Test
    void declaresLostExactlyWhatNoServerGotThatFindsTheUtterances() {
        byte[] audio = Arrays.copyOf(
                new Speech(FORMAT, new Random(6)).talk(20_000, 500, 200).audio(), 200 * CHUNK);
        declaresLostWhatNoServerGot(
                audio,
                microphone(audio).map(AudioSignal::chunk),
                SessionOptions.builder().serverVad(0, s(0.3)).build());
    }

    private void declaresLostWhatNoServerGot(byte[] audio, Flux<AudioSignal> spoken, SessionOptions options) {
        ScriptedTranscriber script = LimitedServer.digest(time, s(0.3));
        Transcriber away = (signals, given) -> {
            long now = time.now(TimeUnit.MILLISECONDS);
            return now > 8_000 && now < 13_000
                    ? Flux.error(new ConnectException("refused", null))
                    : script.transcribe(signals, given)
                            .takeUntilOther(
                                    Mono.delay(s(now == 0 ? 8 : 100), time).then(Mono.error(reset("s1"))));
        };
        listen(ResumingTranscriber.of(away)
                .keeping(s(2))
                .reconnecting(EACH_SECOND)
                .on(time)
                .transcribe(LiveBuffer.dropOldest(s(0.5), FORMAT).apply(spoken), options));
        time.advanceTimeBy(s(30));

        assertThat(failure.get()).isNull();
        AudioLedger ledger = only(Summary.class).get(0).ledger();
        List<AudioDropped> never = neverHeard(audio, script.sessions());
        assertThat(lost(ledger)).isEqualTo(never);
        assertThat(ledger.total(State.LOST)).isBetween(s(2.5), s(3.5));
        assertThat(ledger.total(State.SETTLED).plus(ledger.total(State.LOST))).isEqualTo(s(20));
        assertThat(only(AudioDropped.class).stream().map(AudioDropped::length).reduce(Duration.ZERO, Duration::plus))
                .isEqualTo(ledger.total(State.LOST));
        Reconnected reconnected = only(Reconnected.class).get(0);
        assertThat(reconnected.attempt()).isEqualTo(5);
        assertThat(reconnected.lost()).isZero();
        assertThat(only(Final.class).stream().map(Final::itemId)).doesNotHaveDuplicates();
    }

    private static List<AudioDropped> lost(AudioLedger ledger) {
        return ledger.entries().stream()
                .filter(entry -> entry.state() == State.LOST)
                .map(entry -> new AudioDropped(entry.start(), entry.end()))
                .toList();
    }

    private static List<AudioDropped> neverHeard(byte[] audio, List<ScriptedSession> sessions) {
        boolean[] heard = Speech.heard(audio, sessions);
        List<AudioDropped> ranges = new ArrayList<>();
        int at = 0;
        while (at < heard.length) {
            int from = at;
            while (at < heard.length && heard[at] == heard[from]) {
                at++;
            }
            if (!heard[from]) {
                ranges.add(new AudioDropped(FORMAT.durationOf(from), FORMAT.durationOf(at)));
            }
        }
        return ranges;
    }

    @Test
    void keepsWhatIsSaidInAnOutageRatherThanTheSilenceBefore() {
        byte[] audio = new Speech(FORMAT, new Random(6))
                .pause(20_000)
                .say(3_000)
                .pause(5_000)
                .audio();
        ScriptedTranscriber script = LimitedServer.digest(time, s(0.3));
        Transcriber away = (signals, options) -> {
            long now = time.now(TimeUnit.MILLISECONDS);
            return now > 19_000 && now < 23_500
                    ? Flux.error(new ConnectException("refused", null))
                    : script.transcribe(signals, options)
                            .takeUntilOther(
                                    Mono.delay(s(now == 0 ? 19 : 100), time).then(Mono.error(reset("s1"))));
        };
        listen(ResumingTranscriber.of(away)
                .keeping(s(10))
                .reconnecting(EACH_SECOND)
                .on(time)
                .transcribe(
                        microphone(audio).map(AudioSignal::chunk),
                        SessionOptions.builder().serverVad(0, s(0.4)).build()));
        time.advanceTimeBy(s(40));

        assertThat(failure.get()).isNull();
        assertThat(only(Final.class)).singleElement().satisfies(said -> {
            assertThat(said.transcript()).startsWith("96000 bytes");
            assertThat(said.start()).isEqualTo(s(20));
        });
        assertThat(only(Summary.class).get(0).ledger().total(State.SETTLED)).isEqualTo(s(28));
    }

    /** Sessions that end at an age each, without a result. */
    private Transcriber dyingAfter(AtomicInteger sessions, Duration... ages) {
        return (signals, options) -> {
            int number = sessions.incrementAndGet();
            Duration age = ages[Math.min(number, ages.length) - 1];
            return ScriptedTranscriber.script()
                    .build()
                    .transcribe(signals, options)
                    .takeUntilOther(Mono.delay(age, time).then(Mono.error(reset("s" + number))));
        };
    }

    @Test
    void givesUpOnAServerThatDiesAfterEachReadyAndListsTheAttempts() {
        AtomicInteger sessions = new AtomicInteger();
        listen(ResumingTranscriber.of(dyingAfter(sessions, s(0.2)))
                .reconnecting(EACH_SECOND)
                .on(time)
                .transcribe(microphone(new byte[100 * CHUNK]), SessionOptions.defaults()));
        time.advanceTimeBy(s(60));
        assertThat(sessions).hasValue(6);
        assertThat(only(Reconnected.class)).extracting(Reconnected::attempt).containsExactly(1, 2, 3, 4, 5);
        assertThat(failure.get()).isInstanceOfSatisfying(ReconnectFailedException.class, gaveUp -> {
            assertThat(gaveUp.isRetryable()).isTrue();
            assertThat(gaveUp.attempts())
                    .extracting(attempt -> attempt.sessionId())
                    .containsExactly("s1", "s2", "s3", "s4", "s5", "s6");
            assertThat(gaveUp).hasMessageContaining("6 failures in a row").hasMessageContaining("[session s6]");
            assertThat(gaveUp.phase()).isEqualTo(SessionPhase.STREAMING);
        });
        assertThat(events.get(events.size() - 1)).isInstanceOf(Summary.class);
    }

    @Test
    void countsAnewAfterAHealthyMinute() {
        AtomicInteger sessions = new AtomicInteger();
        Duration soon = s(0.2);
        listen(ResumingTranscriber.of(
                        dyingAfter(sessions, soon, soon, soon, soon, s(60), soon, soon, soon, s(59), soon))
                .reconnecting(EACH_SECOND)
                .on(time)
                .transcribe(microphone(new byte[3_000 * CHUNK]).onBackpressureDrop(), SessionOptions.defaults()));
        time.advanceTimeBy(s(300));
        assertThat(only(Reconnected.class)).extracting(Reconnected::attempt).containsExactly(1, 2, 3, 4, 1, 2, 3, 4, 5);
        assertThat(sessions).hasValue(10);
        assertThat(failure.get())
                .isInstanceOfSatisfying(
                        ReconnectFailedException.class,
                        gaveUp -> assertThat(gaveUp.attempts())
                                .hasSize(6)
                                .first()
                                .extracting(attempt -> attempt.sessionId())
                                .isEqualTo("s5"));
    }
}
