package io.qwenasr.reactor.test;

import static io.qwenasr.reactor.test.TestSignals.MANUAL;
import static io.qwenasr.reactor.test.TestSignals.await;
import static io.qwenasr.reactor.test.TestSignals.noise;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.QwenAsrException;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.session.ClientSessionSettings;
import io.qwenasr.session.ServerSessionSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Many sessions at once for minutes, in real time, some of them with random faults; run by {@code -Psoak}.
 *
 * <p>{@code -Dsoak.sessions=500}, {@code -Dsoak.seconds=300} and {@code -Dsoak.seed=…} set how many, how long and which.
 */
class SessionSoak {

    private static final int CHUNK_MILLIS = 100;
    private static final int CHUNKS_OF_UTTERANCE = 10;
    private static final int MIN_CHUNKS = 10;
    private static final int MAX_CHUNKS = 150;
    private static final int ONE_OF_SO_MANY_FAILS = 5;
    private static final int FAULTS = 10_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(3);

    private final int atOnce = Integer.getInteger("soak.sessions", 500);
    private final int seconds = Integer.getInteger("soak.seconds", 300);
    private final long seed = Long.getLong("soak.seed", new Random().nextLong());
    private final byte[] chunk = noise(CHUNK_MILLIS, 1);
    private final AtomicInteger started = new AtomicInteger();
    private final LongAdder bytesSent = new LongAdder();
    private final LongAdder finalsExpected = new LongAdder();
    private final LongAdder finalsGot = new LongAdder();
    private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();

    @Test
    void losesNothingWhereNothingGoesWrong() {
        System.out.println("soak: " + atOnce + " sessions at once for " + seconds + " s, seed " + seed);
        ScriptedTranscriber script = digest();
        RunningServer server = server(script);
        RunningServer unlucky = server(digest());
        QwenAsrClient client = QwenAsrClient.builder(server.endpoint()).build();
        try (FaultProxy proxy = proxyOf(unlucky)) {
            QwenAsrClient failing = QwenAsrClient.builder(proxy.endpoint())
                    .handshakeTimeout(SHORT)
                    .session(ClientSessionSettings.DEFAULTS
                            .withReadyTimeout(SHORT)
                            .withResultTimeout(SHORT)
                            .withFinishTimeout(SHORT)
                            .withKeepAliveInterval(SHORT)
                            .withKeepAliveTimeout(SHORT))
                    .build();
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            Flux.range(0, atOnce)
                    .flatMap(
                            slot -> Mono.defer(() -> session(slot, client, failing))
                                    .repeat(() -> System.nanoTime() < end),
                            atOnce)
                    .blockLast(Duration.ofSeconds(seconds).plus(LIMIT));
        }
        await("the end of all sessions", () -> server.sessions() == 0 && unlucky.sessions() == 0);
        server.stop(SHORT).block(LIMIT);
        unlucky.stop(SHORT).block(LIMIT);

        long bytesReceived =
                script.sessions().stream().mapToLong(ScriptedSession::bytes).sum();
        System.out.println("without a fault: " + ends.get("without a fault") + " sessions, audio bytes sent "
                + bytesSent + ", received " + bytesReceived + ", finals expected " + finalsExpected + ", got "
                + finalsGot);
        System.out.println("ends: " + new TreeMap<>(ends));
        assertThat(bytesReceived).isPositive().isEqualTo(bytesSent.sum());
        assertThat(finalsGot.sum()).isPositive().isEqualTo(finalsExpected.sum());
    }

    private static ScriptedTranscriber digest() {
        return ScriptedTranscriber.script()
                .withoutSignals()
                .onEachUtterance()
                .say(HeardUtterance::digest)
                .build();
    }

    private RunningServer server(ScriptedTranscriber script) {
        return QwenAsrServer.builder(script)
                .maxSessions(Integer.MAX_VALUE)
                .session(ServerSessionSettings.DEFAULTS.withIdleTimeout(SHORT.multipliedBy(4)))
                .build()
                .start()
                .block(LIMIT);
    }

    private FaultProxy proxyOf(RunningServer server) {
        Random random = new Random(seed);
        FaultProxy.Builder builder = FaultProxy.builder(server.endpoint()).seed(seed);
        StandardFault[] all = StandardFault.values();
        for (int connection = 1; connection <= FAULTS; connection++) {
            StandardFault fault = all[random.nextInt(all.length)];
            builder.connection(
                    connection,
                    fault.in(fault.phases().get(random.nextInt(fault.phases().size()))));
        }
        return builder.start();
    }

    private Mono<Void> session(int slot, QwenAsrClient client, QwenAsrClient failing) {
        Random random = new Random(seed + started.incrementAndGet());
        int chunks = MIN_CHUNKS + random.nextInt(MAX_CHUNKS);
        boolean hasFault = slot % ONE_OF_SO_MANY_FAILS == 0;
        Flux<AudioSignal> audio = Flux.range(1, chunks)
                .delayElements(Duration.ofMillis(CHUNK_MILLIS))
                .concatMapIterable(number -> number % CHUNKS_OF_UTTERANCE == 0
                        ? List.of(signal(hasFault), AudioSignal.commit())
                        : List.of(signal(hasFault)));
        return (hasFault ? failing : client)
                .transcribe(audio, MANUAL)
                .filter(Expected::isResult)
                .collectList()
                .doOnNext(results -> check(Expected.resultsOf(results), chunks, hasFault))
                .onErrorResume(
                        QwenAsrException.class,
                        error -> hasFault
                                ? Mono.fromRunnable(
                                        () -> count(error.getClass().getSimpleName() + " while " + error.phase()))
                                : Mono.error(error))
                .then();
    }

    private AudioSignal signal(boolean hasFault) {
        if (!hasFault) {
            bytesSent.add(chunk.length);
        }
        return AudioSignal.chunk(ByteBuffer.wrap(chunk));
    }

    /** Also a session with a fault must not complete without all results. */
    private void check(List<String> results, int chunks, boolean hasFault) {
        String[] expected = new String[(chunks + CHUNKS_OF_UTTERANCE - 1) / CHUNKS_OF_UTTERANCE];
        Arrays.fill(expected, digestOf(CHUNKS_OF_UTTERANCE));
        if (chunks % CHUNKS_OF_UTTERANCE != 0) {
            expected[expected.length - 1] = digestOf(chunks % CHUNKS_OF_UTTERANCE);
        }
        if (hasFault) {
            count("recovered");
            assertThat(results).hasSameSizeAs(expected);
            assertThat(results).filteredOn(result -> !result.equals("failed")).isSubsetOf(expected);
        } else {
            count("without a fault");
            finalsExpected.add(expected.length);
            finalsGot.add(results.size());
            assertThat(results).containsExactly(expected);
        }
    }

    private String digestOf(int chunks) {
        CRC32 crc = new CRC32();
        for (int i = 0; i < chunks; i++) {
            crc.update(chunk);
        }
        return new HeardUtterance(1, (long) chunks * chunk.length, crc.getValue(), Duration.ZERO, Duration.ZERO)
                .digest();
    }

    private void count(String end) {
        ends.computeIfAbsent(end, none -> new LongAdder()).increment();
    }
}
