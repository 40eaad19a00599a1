package io.qwenasr.reactor.resume;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.reactor.CommitBoundaries;
import io.qwenasr.reactor.Pacing;
import io.qwenasr.reactor.resume.Speech.Said;
import io.qwenasr.reactor.test.ScriptedSession;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Sessions that may last for five seconds, and audio that goes on, in virtual time. */
class RolloverTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration LATE = Duration.ofMillis(600);
    private static final int CHUNK_MILLIS = 100;
    private static final ReconnectPolicy AT_ONCE =
            new ReconnectPolicy(50, Duration.ofMillis(20), Duration.ofMillis(20), 0, Duration.ofSeconds(30));
    private static final int RUNS = 150;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

    private static SessionOptions options(AudioFormat format, boolean manual) {
        SessionOptions.Builder options = SessionOptions.builder().format(format);
        return manual
                ? options.manual().build()
                : options.serverVad(0, Duration.ofMillis(300)).build();
    }

    private Flux<AudioSignal> live(byte[] audio, Random random, SessionOptions options, Duration committed) {
        AudioFormat format = options.format();
        int longest = (int) format.bytesIn(Duration.ofMillis(CHUNK_MILLIS));
        Flux<ByteBuffer> chunks =
                Pacing.realTime().withLead(Duration.ZERO).apply(Speech.chunks(audio, random, longest), format, time);
        return options.isManual()
                ? chunks.transform(CommitBoundaries.every(committed, format))
                : chunks.map(AudioSignal::chunk);
    }

    /** Runs to the end, however long that takes. */
    private List<TranscriptionEvent> run(Flux<TranscriptionEvent> events, boolean oneAtATime) {
        List<TranscriptionEvent> all = new ArrayList<>();
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        BaseSubscriber<TranscriptionEvent> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription s) {
                s.request(oneAtATime ? 1 : Long.MAX_VALUE);
            }

            @Override
            protected void hookOnNext(TranscriptionEvent event) {
                all.add(event);
                if (oneAtATime) {
                    time.schedule(() -> request(1));
                }
            }

            @Override
            protected void hookOnComplete() {
                done.set(true);
            }

            @Override
            protected void hookOnError(Throwable error) {
                failure.set(error);
                done.set(true);
            }
        };
        events.subscribe(subscriber);
        for (int i = 0; i < 6_000 && !done.get(); i++) {
            time.advanceTimeBy(Duration.ofMillis(50));
        }
        assertThat(failure.get()).isNull();
        assertThat(done).as("completed within 300 s").isTrue();
        return all;
    }

    private List<TranscriptionEvent> undisturbed(Flux<AudioSignal> signals, SessionOptions options) {
        return run(LimitedServer.digest(time, LATE).transcribe(signals, options), false);
    }

    private static void assertNothingLost(List<TranscriptionEvent> events, byte[] audio, AudioFormat format) {
        assertThat(((Summary) events.get(events.size() - 1)).ledger().entries())
                .containsExactly(new AudioLedger.Entry(
                        Duration.ZERO, format.durationOf(audio.length), AudioLedger.State.SETTLED, null));
        assertThat(events.stream().filter(Final.class::isInstance).map(f -> ((Final) f).itemId()))
                .doesNotHaveDuplicates();
    }

    private static long count(Class<?> type, List<TranscriptionEvent> events) {
        return events.stream().filter(type::isInstance).count();
    }

    private void rollsOver(SessionOptions options, byte[] audio) {
        Random random = new Random(7);
        Flux<AudioSignal> signals = live(audio, random, options, Duration.ofMillis(900));
        List<TranscriptionEvent> plain = undisturbed(signals, options);
        ScriptedTranscriber script = LimitedServer.digest(time, LATE);
        LimitedServer server = new LimitedServer(script, time, n -> LimitedServer.after(LIMIT));

        List<TranscriptionEvent> events = run(
                ResumingTranscriber.of(server).rollingOverBefore(LIMIT).on(time).transcribe(signals, options), false);

        assertThat(Said.in(events)).isEqualTo(Said.in(plain));
        assertThat(count(SpeechStarted.class, events)).isEqualTo(count(SpeechStarted.class, plain));
        assertNothingLost(events, audio, options.format());
        assertThat(count(Reconnected.class, events)).isZero();
        assertThat(count(SessionReady.class, events)).isEqualTo(server.opened());
        assertThat(server.longestGap()).isLessThanOrEqualTo(Duration.ofMillis(CHUNK_MILLIS));
        assertThat(server.opened()).isBetween(15, 25);
        assertThat(server.mostOpen()).isLessThanOrEqualTo(3);
        assertThat(server.open()).isZero();
        assertThat(Speech.heardUpTo(
                        audio,
                        script.sessions().stream().map(ScriptedSession::audio).toList()))
                .isEqualTo(audio.length);
    }

    @Test
    void takesOverAtAPause() {
        AudioFormat format = AudioFormat.PCM_16K;
        rollsOver(
                options(format, false),
                new Speech(format, new Random(1))
                        .talk(60_000, 1_500, 800)
                        .say(400)
                        .audio());
    }

    @Test
    void takesOverAtACommit() {
        AudioFormat format = AudioFormat.PCM_8K;
        rollsOver(
                options(format, true),
                new Speech(format, new Random(2))
                        .talk(60_000, 1_500, 800)
                        .say(400)
                        .audio());
    }

    @Test
    void takesOverWithinAnUtteranceThatHasNoEnd() {
        AudioFormat format = AudioFormat.PCM_8K;
        rollsOver(
                options(format, false),
                new Speech(format, new Random(3))
                        .talk(5_000, 1_500, 800)
                        .say(14_000)
                        .pause(500)
                        .say(7_000)
                        .pause(500)
                        .talk(33_000, 6_000, 500)
                        .say(400)
                        .audio());
    }

    @Test
    void learnsTheLimitFromThreeSessionsThatWereClosedAtTheSameAge() {
        AudioFormat format = AudioFormat.PCM_8K;
        SessionOptions options = options(format, false);
        byte[] audio =
                new Speech(format, new Random(4)).talk(90_000, 1_500, 800).audio();
        Flux<AudioSignal> signals = live(audio, new Random(4), options, LIMIT);
        List<TranscriptionEvent> plain = undisturbed(signals, options);
        LimitedServer server = new LimitedServer(
                LimitedServer.digest(time, LATE), time, n -> LimitedServer.after(Duration.ofSeconds(12)));
        List<TranscriptionEvent> events = run(
                ResumingTranscriber.of(server).reconnecting(AT_ONCE).on(time).transcribe(signals, options), false);
        assertThat(Said.in(events)).isEqualTo(Said.in(plain));
        assertThat(count(Reconnected.class, events)).isEqualTo(3);
        assertThat(count(SessionReady.class, events)).isGreaterThan(3);
    }

    @Test
    void goesOnWithTheOldSessionWhileNoOtherCanBeOpened() {
        AudioFormat format = AudioFormat.PCM_8K;
        SessionOptions options = options(format, false);
        byte[] audio =
                new Speech(format, new Random(5)).talk(12_000, 1_500, 800).audio();
        Flux<AudioSignal> signals = live(audio, new Random(5), options, LIMIT);
        List<TranscriptionEvent> plain = undisturbed(signals, options);
        LimitedServer server = new LimitedServer(
                LimitedServer.digest(time, LATE),
                time,
                n -> LimitedServer.after(n == 1 ? Duration.ofSeconds(60) : Duration.ofMillis(100)));
        List<TranscriptionEvent> events = run(
                ResumingTranscriber.of(server).rollingOverBefore(LIMIT).on(time).transcribe(signals, options), false);
        assertThat(Said.in(events)).isEqualTo(Said.in(plain));
        assertThat(count(Reconnected.class, events)).isZero();
        assertThat(server.opened()).isBetween(3, 11);
        assertThat(server.longestGap()).isLessThanOrEqualTo(Duration.ofMillis(CHUNK_MILLIS));
        assertThat(server.open()).isZero();
    }

    private static final class Deaths {
        private final Random random;

        Deaths(Random random) {
            this.random = random;
        }

        /** Most sessions die in the time in which the next one is opened and takes over. */
        LimitedServer.End of(int session) {
            Duration age =
                    switch (random.nextInt(5)) {
                        case 0 -> LIMIT;
                        case 1 -> Duration.ofMillis(random.nextInt(5_000));
                        case 2 -> Duration.ofMillis(random.nextInt(400));
                        default -> Duration.ofMillis(3_000 + random.nextInt(2_000));
                    };
            return new LimitedServer.End(
                    age,
                    random.nextInt(3) == 0,
                    new ConnectionClosedException(
                            ConnectionClosedException.NO_CLOSE_FRAME, "", SessionPhase.STREAMING, "s" + session, null));
        }
    }

    @Test
    void losesNothingWhateverDiesWhileOneTakesOverFromAnother() {
        long seed = new Random().nextLong();
        int runs = Integer.getInteger("rollover.runs", RUNS);
        System.out.println("rollover seed " + seed);
        long reconnected = 0;
        long replaced = 0;
        for (int i = 0; i < runs; i++) {
            Random random = new Random(seed + i);
            try {
                AudioFormat format = random.nextBoolean() ? AudioFormat.PCM_16K : AudioFormat.PCM_8K;
                SessionOptions options = options(format, random.nextBoolean());
                byte[] audio = new Speech(format, random)
                        .talk(20_000, random.nextBoolean() ? 1_500 : 7_000, 800)
                        .audio();
                Flux<AudioSignal> signals =
                        live(audio, random, options, Duration.ofMillis(500 + random.nextInt(6_000)));
                List<TranscriptionEvent> plain = undisturbed(signals, options);
                ScriptedTranscriber script = LimitedServer.digest(time, LATE);
                LimitedServer server = new LimitedServer(script, time, new Deaths(random)::of);
                List<TranscriptionEvent> events = run(
                        ResumingTranscriber.of(server)
                                .rollingOverBefore(LIMIT)
                                .reconnecting(AT_ONCE)
                                .on(time)
                                .transcribe(signals, options),
                        random.nextInt(3) == 0);
                assertThat(Said.in(events)).isEqualTo(Said.in(plain));
                assertNothingLost(events, audio, format);
                assertThat(server.open()).isZero();
                reconnected += count(Reconnected.class, events);
                replaced += count(SessionReady.class, events);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", run " + i, e);
            }
        }
        System.out.println(reconnected + " reconnects, " + replaced + " sessions that took over, in " + runs + " runs");
        assertThat(reconnected).isGreaterThan(runs);
        assertThat(replaced).isGreaterThan(runs);
    }
}
