package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.session.ClientSessionSettings;
import io.qwenasr.session.ServerSessionSettings;
import java.lang.management.ManagementFactory;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A long recording, offered as fast as it is taken, to a peer that does not take it. */
class StalledPeerTests {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofMinutes(25);

    /** Bytes of an append of one chunk. */
    private static final int APPEND = 4_358;

    /** 65,536 bytes of appends. */
    private static final int WINDOW = 65_536 / APPEND;

    /** Appends in the buffers of two sockets; the kernel doubles what it is asked for. */
    private static final int IN_SOCKETS = 4 * StubServer.SOCKET_BUFFER / APPEND + 1;

    /** Appends that a server may read at once. */
    private static final int IN_READ_BUFFER = 65_536 / APPEND + 1;

    /** Appends that a server lets wait for its transcriber. */
    private static final int QUEUED = 100;

    private static final int SESSIONS = 20;
    private static final long MEBIBYTE = 1 << 20;

    @RegisterExtension
    final Servers servers = new Servers();

    private final StubServer server = new StubServer(StubSession::stopReading);

    @AfterEach
    void stop() {
        server.close();
    }

    private static Flux<TranscriptionEvent> transcribe(Endpoint endpoint, WireProbe probe, LazyRecording recording) {
        return QwenAsrClient.builder(endpoint)
                .httpClient(probe.httpClient())
                .session(ClientSessionSettings.DEFAULTS.withKeepAliveInterval(Duration.ZERO))
                .build()
                .transcribe(probe.counting(recording.audio()));
    }

    @Test
    void slowsTheSourceDownAndLosesNothing() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        LazyRecording recording = new LazyRecording(LONG);
        WireProbe probe = new WireProbe();
        Mono<Long> events =
                transcribe(server.endpoint(), probe, recording).count().cache();
        events.subscribe();
        StubSession peer = server.next();
        checkStalled(probe, recording, peer);
        int chunks = (int) (recording.bytes() / LazyRecording.CHUNK);
        Random random = new Random(seed);
        // One in each quarter, and further apart than what comes before a stop is felt.
        for (int quarter = 0; quarter < 4; quarter++) {
            int stopAt = quarter * chunks / 4 + 100 + random.nextInt(chunks / 4 - 1_100);
            peer.onAppend(n -> {
                if (n == stopAt) {
                    peer.stopReading();
                }
            });
            peer.resumeReading();
            Await.until("the peer reads " + stopAt, () -> peer.appends() >= stopAt);
            checkStalled(probe, recording, peer);
        }
        peer.resumeReading();
        assertThat(events.block(LIMIT)).as("one event: the session was ready").isOne();
        assertThat(peer.audioBytes()).isEqualTo(recording.bytes());
        assertThat(peer.digest()).isEqualTo(recording.digest());
        assertThat(probe.mostAhead()).as("at any moment").isLessThanOrEqualTo(WINDOW);
    }

    private static void checkStalled(WireProbe probe, LazyRecording recording, StubSession peer) {
        probe.awaitStall(() -> {});
        long[] pulled = new long[1];
        WireProbe.State state = probe.stateAfter(() -> pulled[0] = recording.pulled());
        assertThat(pulled[0]).isEqualTo(state.requested() * LazyRecording.CHUNK);
        peer.awaitTurn();
        assertThat(state.requested() - peer.appends())
                .as("asked for and not read by the peer")
                .isLessThanOrEqualTo(WINDOW + IN_SOCKETS);
    }

    @Test
    void costsLessThanAMegabyteForEachSession() {
        // Classes, event loops and arenas are there before anything is measured.
        WireProbe first = stalledSession();
        long heapBefore = heap();
        long directBefore = direct(first);
        List<WireProbe> sessions = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            sessions.add(stalledSession());
        }
        AtomicLong heapGrowth = new AtomicLong();
        Await.until("less than 1 MiB of heap for each session", () -> {
            heapGrowth.set((heap() - heapBefore) / SESSIONS);
            return heapGrowth.get() < MEBIBYTE;
        });
        long directGrowth = (direct(first) - directBefore) / SESSIONS;
        System.out.println("a stalled session: " + heapGrowth + " bytes of heap, " + directGrowth + " direct");
        assertThat(directGrowth).isLessThan(MEBIBYTE);
        assertThat(sessions).allMatch(session -> session.channel().isActive());
    }

    private WireProbe stalledSession() {
        WireProbe probe = new WireProbe();
        LazyRecording recording = new LazyRecording(LONG);
        transcribe(server.endpoint(), probe, recording).subscribe(event -> {}, closed -> {});
        checkStalled(probe, recording, server.next());
        return probe;
    }

    private static long direct(WireProbe probe) {
        return ((ByteBufAllocatorMetricProvider) probe.channel().alloc())
                .metric()
                .usedDirectMemory();
    }

    /** The heap that is left after the collector has been through. */
    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Takes audio only when it is told to. */
    private static final class Backend extends BaseSubscriber<AudioSignal> {
        private final MessageDigest digest = StubSession.sha256();
        private final Sinks.Many<TranscriptionEvent> events =
                Sinks.many().unicast().onBackpressureBuffer();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(AudioSignal signal) {
            digest.update(((AudioSignal.Chunk) signal).audio());
        }

        @Override
        protected void hookOnComplete() {
            events.tryEmitComplete().orThrow();
        }
    }

    @Test
    void stopsWhereTheTranscriberBehindTheServerStops() {
        Backend backend = new Backend();
        AtomicReference<Channel> accepted = new AtomicReference<>();
        RunningServer transcribing = servers.start(QwenAsrServer.builder((audio, options) -> {
                    audio.subscribe(backend);
                    return backend.events.asFlux();
                })
                .session(ServerSessionSettings.DEFAULTS.withMaxQueuedAudioBytes(QUEUED * LazyRecording.CHUNK))
                .httpServer(http -> http.option(ChannelOption.SO_RCVBUF, StubServer.SOCKET_BUFFER)
                        .doOnConnection(connection -> accepted.set(connection.channel()))));
        LazyRecording recording = new LazyRecording(Duration.ofMinutes(1));
        WireProbe probe = new WireProbe();
        Mono<Long> events =
                transcribe(transcribing.endpoint(), probe, recording).count().cache();
        events.subscribe();
        for (int taken = 0; taken < 3 * QUEUED; taken += QUEUED) {
            int least = taken + QUEUED;
            Await.until(
                    "the server stops reading",
                    () -> probe.requested() > least && !accepted.get().config().isAutoRead());
            assertThat(probe.awaitStall(() -> {}).requested())
                    .isLessThanOrEqualTo(least + IN_READ_BUFFER + IN_SOCKETS + WINDOW);
            backend.request(QUEUED);
        }
        backend.requestUnbounded();
        assertThat(events.block(LIMIT)).isOne();
        assertThat(HexFormat.of().formatHex(backend.digest.digest())).isEqualTo(recording.digest());
    }
}
