package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.codec.ClientEvent;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

/** How a client session makes appends of the chunks it is given. */
class ClientChunkTests {

    private static final SessionOptions VAD = SessionOptions.defaults();
    private static final SessionOptions MANUAL =
            SessionOptions.builder().manual().build();
    /** 20 ms at 16 kHz. */
    private static final int ENOUGH = 640;

    private final List<ClientHarness> harnesses = new ArrayList<>();

    @AfterEach
    void close() {
        harnesses.forEach(ClientHarness::close);
    }

    private ClientHarness ready(SessionOptions options, ClientSessionSettings settings) {
        ClientHarness it = new ClientHarness(options, settings, Long.MAX_VALUE);
        harnesses.add(it);
        it.connect();
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        return it;
    }

    private ClientHarness ready(SessionOptions options) {
        return ready(options, ClientSessionSettings.DEFAULTS);
    }

    private static List<Integer> lengths(ClientHarness it) {
        return it.sent(ClientEvent.Append.class).stream()
                .map(append -> append.audio().remaining())
                .toList();
    }

    private static byte[] audio(ClientHarness it) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ClientEvent.Append append : it.sent(ClientEvent.Append.class)) {
            byte[] bytes = new byte[append.audio().remaining()];
            append.audio().duplicate().get(bytes);
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    private static void advance(ClientHarness it, long millis) {
        it.channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        it.channel.runScheduledPendingTasks();
        it.settle();
    }

    // ---- short chunks

    @Test
    void putsShortChunksTogether() {
        ClientHarness it = ready(VAD);
        for (int i = 0; i < 7; i++) {
            it.chunk(200);
        }
        assertThat(lengths(it)).containsExactly(800);
        it.audio.complete();
        it.settle();
        assertThat(lengths(it)).containsExactly(800, 600);
        assertThat(it.sent.get(it.sent.size() - 1)).isInstanceOf(ClientEvent.Finish.class);
    }

    @Test
    void holdsNoAudioLongerThanAnAppendLasts() {
        ClientHarness it = ready(VAD);
        it.chunk(200);
        advance(it, 10);
        it.chunk(200);
        advance(it, 9);
        assertThat(lengths(it)).isEmpty();
        advance(it, 1);
        assertThat(lengths(it)).containsExactly(400);
        it.chunk(100);
        advance(it, 19);
        assertThat(lengths(it)).containsExactly(400);
        advance(it, 1);
        assertThat(lengths(it)).containsExactly(400, 100);
    }

    @Test
    void sendsAChunkThatIsLongEnoughAtOnce() {
        ClientHarness it = ready(VAD);
        it.chunk(ENOUGH);
        assertThat(lengths(it)).containsExactly(ENOUGH);
        it.chunk(10);
        it.chunk(ENOUGH);
        assertThat(lengths(it)).containsExactly(ENOUGH, 10, ENOUGH);
    }

    @Test
    void sendsEachChunkAsItComesIfToldSo() {
        ClientHarness it = ready(VAD, ClientSessionSettings.DEFAULTS.withMinAppend(Duration.ZERO));
        it.chunk(2);
        it.chunk(4);
        assertThat(lengths(it)).containsExactly(2, 4);
    }

    @Test
    void sendsHeldAudioBeforeACommitAndBeforeAClear() {
        ClientHarness it = ready(MANUAL);
        it.chunk(10);
        it.audio.next(AudioSignal.commit());
        it.chunk(20);
        it.audio.next(AudioSignal.clear());
        it.chunk(30);
        it.audio.complete();
        it.settle();
        assertThat(it.sent)
                .extracting(ClientEvent::type)
                .containsExactly(
                        "session.update",
                        "input_audio_buffer.append",
                        "input_audio_buffer.commit",
                        "input_audio_buffer.append",
                        "input_audio_buffer.clear",
                        "input_audio_buffer.append",
                        "input_audio_buffer.commit",
                        "session.finish");
        assertThat(lengths(it)).containsExactly(10, 20, 30);
    }

    @Test
    void dropsHeldAudioWhenCancelled() {
        ClientHarness it = ready(VAD);
        it.chunk(10);
        it.events.subscription.cancel();
        advance(it, 1_000);
        assertThat(lengths(it)).isEmpty();
        assertThat(it.closes).containsExactly(1000);
    }

    @Test
    void countsHeldAudioInTheWindow() {
        ClientHarness it = ready(
                VAD,
                ClientSessionSettings.DEFAULTS
                        .withMinAppend(Duration.ofSeconds(1))
                        .withWindowAudio(Duration.ofMillis(100)));
        it.chunk(1_000);
        it.chunk(1_000);
        it.chunk(1_000);
        assertThat(it.audio.pending()).isEqualTo(1);
    }

    @Test
    void neitherLosesNorReordersAByteHoweverTheAudioIsCut() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int run = 0; run < 50; run++) {
            ClientHarness it = ready(VAD);
            ByteArrayOutputStream offered = new ByteArrayOutputStream();
            while (offered.size() < 40_000) {
                int scale = new int[] {2, 50, 700, 5_000}[random.nextInt(4)];
                byte[] chunk = new byte[random.nextInt(scale)];
                random.nextBytes(chunk);
                ByteBuffer lent = ByteBuffer.wrap(chunk.clone());
                it.audio.next(AudioSignal.chunk(lent));
                offered.writeBytes(chunk);
                java.util.Arrays.fill(lent.array(), (byte) 0);
                if (random.nextInt(10) == 0) {
                    advance(it, random.nextInt(30));
                } else {
                    it.settle();
                }
            }
            it.audio.complete();
            it.settle();
            byte[] whole = java.util.Arrays.copyOf(offered.toByteArray(), offered.size() & ~1);
            assertThat(audio(it)).as("seed %d, run %d", seed, run).isEqualTo(whole);
            assertThat(lengths(it)).as("seed %d, run %d", seed, run).allMatch(n -> n % 2 == 0);
        }
    }

    // ---- demand

    @Test
    void remembersALargeChunkWhenSmallOnesFollow() {
        ClientHarness it = ready(VAD);
        it.chunk(32_000);
        it.network.holding = true;
        it.chunk(1_000);
        assertThat(it.audio.pending()).isOne();
        for (int i = 0; i < 40; i++) {
            while (it.audio.pending() == 0) {
                it.network.release(1);
                it.settle();
            }
            it.chunk(1_000);
        }
        assertThat(it.audio.pending() + it.network.size()).isGreaterThan(10);
    }

    @Test
    void leavesTheLoopToOthersWhileASourceGivesEmptyChunksWithoutEnd() {
        ClientHarness it = new ClientHarness(VAD, ClientSessionSettings.DEFAULTS, Long.MAX_VALUE);
        ClientSession session = new ClientSession(VAD, ClientSessionSettings.DEFAULTS);
        Recorder<TranscriptionEvent> events = new Recorder<>(Long.MAX_VALUE);
        session.events().subscribe(events);
        AtomicInteger given = new AtomicInteger();
        AtomicBoolean otherRan = new AtomicBoolean();
        session.audio().onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                for (long i = 0; i < n && given.get() < 1_000_000 && !otherRan.get(); i++) {
                    if (given.getAndIncrement() == 0) {
                        it.channel.eventLoop().execute(() -> otherRan.set(true));
                    }
                    session.audio().onNext(AudioSignal.chunk(ByteBuffer.allocate(0)));
                }
            }

            @Override
            public void cancel() {}
        });
        it.channel = new EmbeddedChannel(new WebSocket13FrameEncoder(true), session.handler());
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        assertThat(otherRan).isTrue();
        assertThat(given.get()).isLessThan(10_000);
        it.close();
    }

    // ---- gaps

    @Test
    void tellsOfLostAudioAndCountsIt() {
        ClientHarness it = ready(VAD);
        it.chunk(32_000);
        it.chunk(100);
        it.audio.next(AudioSignal.gap(Duration.ofMillis(500)));
        it.chunk(32_000);
        it.server(
                "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":900,\"item_id\":\"a\"}",
                "{\"type\":\"input_audio_buffer.speech_stopped\",\"audio_end_ms\":1500,\"item_id\":\"a\"}",
                "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"a\",\"transcript\":\"x\"}");
        // 32,100 bytes are 1.003125 s.
        assertThat(it.received(AudioDropped.class))
                .containsExactly(new AudioDropped(Duration.ofNanos(1_003_125_000), Duration.ofNanos(1_503_125_000)));
        assertThat(it.received(TranscriptionEvent.SpeechStarted.class).get(0).start())
                .isEqualTo(Duration.ofMillis(900));
        assertThat(it.received(TranscriptionEvent.SpeechStopped.class).get(0).end())
                .isEqualTo(Duration.ofSeconds(2));
        TranscriptionEvent.Final done =
                it.received(TranscriptionEvent.Final.class).get(0);
        assertThat(done.start()).isEqualTo(Duration.ofMillis(900));
        assertThat(done.end()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void countsLostAudioInManualUtterancesToo() {
        ClientHarness it = ready(MANUAL);
        it.audio.next(AudioSignal.gap(Duration.ofSeconds(1)));
        it.chunk(32_000);
        it.audio.next(AudioSignal.gap(Duration.ofSeconds(1)));
        it.audio.next(AudioSignal.commit());
        it.settle();
        it.server(
                "{\"type\":\"input_audio_buffer.committed\",\"item_id\":\"a\"}",
                "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"a\",\"transcript\":\"x\"}");
        TranscriptionEvent.Final done =
                it.received(TranscriptionEvent.Final.class).get(0);
        assertThat(done.start()).isEqualTo(Duration.ofSeconds(1));
        assertThat(done.end()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void refusesAGapAmongOpusPackets() {
        ClientHarness it = ready(SessionOptions.builder()
                .format(new AudioFormat(AudioFormat.Encoding.OPUS, 16_000))
                .build());
        it.audio.next(AudioSignal.gap(Duration.ofSeconds(1)));
        it.settle();
        assertThat(it.failure(InvalidSignalException.class)).hasMessageContaining("PCM");
    }
}
