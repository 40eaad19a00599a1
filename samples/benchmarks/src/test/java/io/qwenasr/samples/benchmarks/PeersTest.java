package io.qwenasr.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.benchmarks.peer.Audio;
import io.qwenasr.samples.benchmarks.peer.Peer;
import io.qwenasr.samples.benchmarks.peer.Peers;
import io.qwenasr.samples.benchmarks.peer.Session;
import io.qwenasr.samples.benchmarks.peer.SessionListener;
import io.qwenasr.samples.benchmarks.peer.SessionPlan;
import io.qwenasr.samples.benchmarks.sink.Behaviour;
import io.qwenasr.samples.benchmarks.sink.SinkAddress;
import io.qwenasr.samples.benchmarks.sink.SinkServer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every peer transfers all that it is given, so that what is compared is the same work. */
class PeersTest {

    private static final int APPENDS = 200;
    private static final long LIMIT_SECONDS = 30;

    private static SinkServer server;
    private static SinkAddress address;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        server = new SinkServer();
        address = new SinkAddress(server.port(), server.securePort());
        Path trust = folder.resolve("trust.p12");
        server.writeTrustStore(trust);
        System.setProperty("javax.net.ssl.trustStore", trust.toString());
        System.setProperty("javax.net.ssl.trustStorePassword", SinkServer.TRUST_STORE_PASSWORD);
    }

    @AfterAll
    static void stop() {
        System.clearProperty("javax.net.ssl.trustStore");
        System.clearProperty("javax.net.ssl.trustStorePassword");
        server.close();
    }

    static Stream<Peers> real() {
        return EnumSet.complementOf(EnumSet.of(Peers.PACER)).stream();
    }

    static Stream<Peers> encoding() {
        return real().filter(peer -> peer != Peers.FLOOR_BYTES);
    }

    static Stream<Peers> pushing() {
        return encoding().filter(peer -> peer != Peers.CORE);
    }

    @ParameterizedTest
    @MethodSource("encoding")
    void transfersPulledAudioOverWs(Peers peer) throws Exception {
        assertThatItArrives(peer, false);
    }

    @ParameterizedTest
    @MethodSource("encoding")
    void transfersPulledAudioOverWss(Peers peer) throws Exception {
        assertThatItArrives(peer, true);
    }

    private static void assertThatItArrives(Peers which, boolean tls) throws Exception {
        String run = which.label() + tls;
        CRC32 sent = new CRC32();
        AtomicInteger next = new AtomicInteger();
        Heard heard = new Heard();
        try (Peer peer = which.create()) {
            peer.open(SessionPlan.pulling(
                    address.session(tls, Behaviour.VERIFY, run),
                    () -> {
                        if (next.get() == APPENDS) {
                            return null;
                        }
                        ByteBuffer chunk = Audio.chunk(next.getAndIncrement());
                        sent.update(chunk.duplicate());
                        return chunk;
                    },
                    heard));
            heard.awaitEnd();
        }
        Map<String, Long> stats = address.stats(run).values();
        assertThat(stats).containsEntry("appends", (long) APPENDS);
        assertThat(stats).containsEntry("audioBytes", (long) APPENDS * Audio.APPEND_BYTES);
        assertThat(stats).containsEntry("checksum", sent.getValue());
    }

    /** The server looks at the ends of an append only, so each peer's way to write it has to be known to it. */
    @ParameterizedTest
    @MethodSource("real")
    void isCountedExactlyWithoutDecoding(Peers which) throws Exception {
        String run = "count-" + which.label();
        AtomicInteger left = new AtomicInteger(APPENDS);
        Heard heard = new Heard();
        try (Peer peer = which.create()) {
            peer.open(SessionPlan.pulling(
                    address.session(false, Behaviour.COUNT, run),
                    () -> left.getAndDecrement() > 0 ? Audio.chunk(left.get()) : null,
                    heard));
            heard.awaitEnd();
        }
        Map<String, Long> stats = address.stats(run).values();
        assertThat(stats).containsEntry("audioBytes", stats.get("appends") * Audio.APPEND_BYTES);
        assertThat(stats).containsEntry("appends", (long) APPENDS);
    }

    @ParameterizedTest
    @MethodSource("pushing")
    void transfersPushedAudioAndHearsAnAnswerToEach(Peers which) throws Exception {
        String run = "echo-" + which.label();
        Heard heard = new Heard();
        long before = System.nanoTime();
        try (Peer peer = which.create()) {
            Session session = peer.open(SessionPlan.pushing(address.session(false, Behaviour.ECHO, run), heard));
            for (int i = 0; i < 20; i++) {
                ByteBuffer chunk = Audio.chunk(i);
                chunk.putLong(0, System.nanoTime());
                assertThat(session.offer(chunk)).isTrue();
            }
            session.finish();
            heard.awaitEnd();
        }
        Map<String, Long> stats = address.stats(run).values();
        assertThat(stats).containsEntry("audioBytes", 20L * Audio.APPEND_BYTES).containsEntry("arrivals", 20L);
        assertThat(stats.get("arrivalMax")).isBetween(0L, System.nanoTime() - before);
        if (which != Peers.LATEST) {
            assertThat(heard.partials).hasSize(20);
        }
        assertThat(heard.partials)
                .allSatisfy(text -> assertThat(Long.parseLong(text)).isBetween(before, System.nanoTime()));
    }

    private static final class Heard implements SessionListener {

        private final Queue<String> partials = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();

        @Override
        public void onPartial(String text) {
            partials.add(text);
        }

        @Override
        public void onEnd(@Nullable Throwable error) {
            end.complete(error);
        }

        void awaitEnd() throws Exception {
            assertThat(end.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isNull();
        }
    }
}
