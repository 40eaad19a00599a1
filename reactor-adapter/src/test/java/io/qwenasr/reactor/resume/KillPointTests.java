package io.qwenasr.reactor.resume;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.reactor.CommitBoundaries;
import io.qwenasr.reactor.Pacing;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.SessionListener;
import io.qwenasr.reactor.resume.Speech.Said;
import io.qwenasr.reactor.test.Direction;
import io.qwenasr.reactor.test.Fault;
import io.qwenasr.reactor.test.FaultProxy;
import io.qwenasr.reactor.test.Moment;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import io.qwenasr.session.ClientSession;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Connections die at random moments; nothing is missing in the end, and nothing is there twice. */
class KillPointTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final AudioFormat FORMAT = AudioFormat.PCM_16K;
    private static final SessionOptions VAD =
            SessionOptions.builder().serverVad(0, Duration.ofMillis(300)).build();
    private static final SessionOptions MANUAL =
            SessionOptions.builder().manual().build();
    private static final ReconnectPolicy AT_ONCE =
            new ReconnectPolicy(50, Duration.ofMillis(1), Duration.ofMillis(1), 0, Duration.ofSeconds(30));
    private static final int RUNS = 100;
    private static final int TAKEOVER_RUNS = 40;
    private static final int AT_ONCE_RUNS = 8;

    /** When a connection dies, and what the client was about then. */
    private enum Phase {
        REFUSED(SessionPhase.CONNECTING, SessionPhase.CONNECTING),
        REJECTED(SessionPhase.CONNECTING, SessionPhase.CONNECTING),
        HANDSHAKE(SessionPhase.CONNECTING, SessionPhase.CONNECTING),
        CONFIGURING(SessionPhase.CONFIGURING, SessionPhase.CONFIGURING),
        MID_UTTERANCE(SessionPhase.STREAMING, SessionPhase.FINISHING),
        COMMITTED(SessionPhase.STREAMING, SessionPhase.FINISHING),
        FINISHED(SessionPhase.FINISHING, SessionPhase.FINISHING);

        private final SessionPhase from;
        private final SessionPhase to;

        Phase(SessionPhase from, SessionPhase to) {
            this.from = from;
            this.to = to;
        }

        Fault death(Random random) {
            return switch (this) {
                case REFUSED -> Fault.refuse();
                case REJECTED -> Fault.reject(503);
                case HANDSHAKE -> Fault.reset(Moment.afterBytes(Direction.TO_SERVER, 1 + random.nextInt(100)));
                case CONFIGURING -> end(Moment.clientEvent("session.update", 1), random);
                // The first is the configuration, and there are more than 43 of audio.
                case MID_UTTERANCE -> end(Moment.afterFrames(Direction.TO_SERVER, 2 + random.nextInt(40)), random);
                case COMMITTED ->
                    end(Moment.serverEvent("input_audio_buffer.committed", 1 + random.nextInt(4)), random);
                case FINISHED -> end(Moment.clientEvent("session.finish", 1), random);
            };
        }

        private static Fault end(Moment moment, Random random) {
            return switch (random.nextInt(3)) {
                case 0 -> Fault.reset(moment);
                case 1 -> Fault.cut(moment);
                default -> Fault.close(moment, 1011, "restart");
            };
        }
    }

    private static Fault death(Random random) {
        Moment moment =
                switch (random.nextInt(6)) {
                    case 0 -> Moment.afterFrames(Direction.TO_SERVER, 1 + random.nextInt(90));
                    case 1 -> Moment.afterFrames(Direction.TO_CLIENT, 1 + random.nextInt(40));
                    case 2 -> Moment.afterBytes(Direction.TO_SERVER, random.nextInt(400_000));
                    case 3 -> Moment.afterBytes(Direction.TO_CLIENT, random.nextInt(6_000));
                    case 4 -> Moment.serverEvent("input_audio_buffer.committed", 1 + random.nextInt(4));
                    default -> Moment.clientEvent("session.finish", 1);
                };
        return switch (random.nextInt(3)) {
            case 0 -> Fault.reset(moment);
            case 1 -> Fault.cut(moment);
            default -> moment instanceof Moment.Bytes ? Fault.reset(moment) : Fault.close(moment, 1011, "restart");
        };
    }

    /** Keeps why sessions were lost. */
    private static final class Losses implements SessionListener {
        private final List<Throwable> causes = new CopyOnWriteArrayList<>();

        @Override
        public void onSession(ClientSession session) {}

        @Override
        public void onLost(Throwable cause) {
            causes.add(cause);
        }
    }

    @Test
    @Timeout(110)
    void withServerSideDetection() {
        run(VAD);
    }

    @Test
    @Timeout(110)
    void withManualCommits() {
        run(MANUAL);
    }

    private static void run(SessionOptions options) {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        int reconnected = 0;
        for (int i = 0; i < RUNS; i++) {
            Phase phase = Phase.values()[i % Phase.values().length];
            Random random = new Random(seed + i);
            ScriptedTranscriber script = ScriptedTranscriber.digest();
            RunningServer server = QwenAsrServer.builder(script).build().start().block(LIMIT);
            try {
                reconnected += run(options, server, script, phase, random);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", run " + i + ", " + phase, e);
            } finally {
                server.stop(Duration.ZERO).block(LIMIT);
            }
        }
        System.out.println(reconnected + " reconnects in " + RUNS + " runs");
        assertThat(reconnected).isGreaterThan(RUNS);
    }

    /** Many at once, each 20 times as fast as it was spoken. */
    @Test
    @Timeout(110)
    void whileSessionsTakeOverFromEachOther() {
        long seed = new Random().nextLong();
        System.out.println("takeover seed " + seed);
        Integer sessions = Flux.range(0, TAKEOVER_RUNS)
                .flatMap(
                        i -> Mono.fromCallable(() -> takeOver(seed, i)).subscribeOn(Schedulers.boundedElastic()),
                        AT_ONCE_RUNS)
                .reduce(Integer::sum)
                .block(LIMIT.multipliedBy(3));
        System.out.println(sessions + " sessions in " + TAKEOVER_RUNS + " runs");
        assertThat(sessions).isGreaterThan(2 * TAKEOVER_RUNS);
    }

    private static int takeOver(long seed, int run) {
        Random random = new Random(seed + run);
        SessionOptions options = run % 2 == 0 ? VAD : MANUAL;
        ScriptedTranscriber script = ScriptedTranscriber.digest();
        RunningServer server = QwenAsrServer.builder(script).build().start().block(LIMIT);
        try {
            byte[] audio =
                    new Speech(FORMAT, random).talk(12_000, 900, 400).say(100).audio();
            Flux<ByteBuffer> chunks = Speech.chunks(audio, random, 6_000);
            Flux<AudioSignal> signals = options.isManual()
                    ? chunks.transform(CommitBoundaries.every(Duration.ofMillis(700 + random.nextInt(900)), FORMAT))
                    : chunks.map(AudioSignal::chunk);
            List<TranscriptionEvent> undisturbed = QwenAsrClient.builder(server.endpoint())
                    .build()
                    .transcribe(signals, options)
                    .collectList()
                    .block(LIMIT);
            FaultProxy.Builder builder = FaultProxy.builder(server.endpoint()).seed(random.nextLong());
            for (int n = 1 + random.nextInt(3); n <= 6; n += 1 + random.nextInt(4)) {
                builder.connection(n, death(random));
            }
            List<TranscriptionEvent> events;
            try (FaultProxy proxy = builder.start()) {
                events = ResumingTranscriber.of(
                                QwenAsrClient.builder(proxy.endpoint()).build())
                        .reconnecting(AT_ONCE)
                        .rollingOverBefore(Duration.ofMillis(200))
                        .transcribe(Pacing.realTime(20).apply(signals, FORMAT), options)
                        .collectList()
                        .block(LIMIT);
            }
            assertThat(Said.in(events)).isEqualTo(Said.in(undisturbed));
            assertThat(((Summary) events.get(events.size() - 1)).ledger().entries())
                    .containsExactly(new AudioLedger.Entry(
                            Duration.ZERO, FORMAT.durationOf(audio.length), AudioLedger.State.SETTLED, null));
            return script.sessions().size() - 1;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ", run " + run, e);
        } finally {
            server.stop(Duration.ZERO).block(LIMIT);
        }
    }

    private static int run(
            SessionOptions options, RunningServer server, ScriptedTranscriber script, Phase phase, Random random) {
        // Where no pause is, each piece of the audio lies at one place only.
        byte[] audio = options.isManual()
                ? new Speech(FORMAT, random).say(8_000 + random.nextInt(1_000)).audio()
                : new Speech(FORMAT, random)
                        .pause(random.nextInt(250))
                        .talk(8_000, 700, 400)
                        .say(100)
                        .audio();
        Flux<ByteBuffer> chunks = Speech.chunks(audio, random, 6_000);
        Flux<AudioSignal> signals = options.isManual()
                ? chunks.transform(CommitBoundaries.every(Duration.ofMillis(700 + random.nextInt(900)), FORMAT))
                : chunks.map(AudioSignal::chunk);
        List<TranscriptionEvent> undisturbed = QwenAsrClient.builder(server.endpoint())
                .build()
                .transcribe(signals, options)
                .collectList()
                .block(LIMIT);
        int before = script.sessions().size();

        int deaths = 1 + random.nextInt(4);
        FaultProxy.Builder builder = FaultProxy.builder(server.endpoint()).seed(random.nextLong());
        builder.connection(1, phase.death(random));
        for (int n = 2; n <= deaths; n++) {
            builder.connection(n, death(random));
        }
        Losses losses = new Losses();
        List<TranscriptionEvent> events;
        try (FaultProxy proxy = builder.start()) {
            events = ResumingTranscriber.of(
                            QwenAsrClient.builder(proxy.endpoint()).build())
                    .reconnecting(AT_ONCE)
                    .transcribe(signals, options)
                    .contextWrite(losses::in)
                    .collectList()
                    .block(LIMIT);
        }
        assertThat(losses.causes).as("losses").isNotEmpty();
        assertThat(losses.causes.get(0)).isInstanceOfSatisfying(QwenAsrException.class, first -> {
            assertThat(first.phase()).isBetween(phase.from, phase.to);
            assertThat(first instanceof HandshakeRejectedException).isEqualTo(phase == Phase.REJECTED);
        });
        assertThat(Said.in(events)).isEqualTo(Said.in(undisturbed));
        assertThat(events.stream().filter(Final.class::isInstance).map(f -> ((Final) f).itemId()))
                .doesNotHaveDuplicates();
        AudioLedger ledger = ((Summary) events.get(events.size() - 1)).ledger();
        assertThat(ledger.entries())
                .containsExactly(new AudioLedger.Entry(
                        Duration.ZERO, FORMAT.durationOf(audio.length), AudioLedger.State.SETTLED, null));
        assertThat(Speech.heard(
                        audio,
                        script.sessions().subList(before, script.sessions().size())))
                .doesNotContain(false);
        return (int) events.stream().filter(Reconnected.class::isInstance).count();
    }
}
