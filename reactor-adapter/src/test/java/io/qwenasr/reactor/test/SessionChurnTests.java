package io.qwenasr.reactor.test;

import static io.qwenasr.reactor.test.TestSignals.MANUAL;
import static io.qwenasr.reactor.test.TestSignals.VAD;
import static io.qwenasr.reactor.test.TestSignals.await;
import static io.qwenasr.reactor.test.TestSignals.bytes;
import static io.qwenasr.reactor.test.TestSignals.noise;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.netty.channel.ChannelOption;
import io.qwenasr.AudioSignal;
import io.qwenasr.ServerError;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.resume.ReconnectPolicy;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import io.qwenasr.session.ClientSessionSettings;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

/** A thousand sessions that are cancelled, and a thousand that end, at random moments and on random threads. */
class SessionChurnTests {

    private static final int SESSIONS = 1_000;
    private static final int WARM_UP = 60;
    private static final int AT_ONCE = 24;
    private static final int THREADS = 8;
    private static final int MAX_DELAY_NANOS = 40_000_000;
    private static final int MAX_EVENTS = 5;
    private static final int MAX_CHUNKS = 100;
    private static final int PLENTY = 250;
    private static final int NORMAL = 1000;
    private static final Duration LIMIT = Duration.ofSeconds(100);

    private final long seed = new Random().nextLong();
    private final ScriptedTranscriber script = ScriptedTranscriber.script()
            .withoutSignals()
            .onEachUtterance()
            .say(HeardUtterance::digest)
            .build();
    private final Queue<ClientFrames> wires = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sources = new AtomicInteger();
    private final byte[] noise = noise(100, seed);
    private Leftovers leftovers;
    private Scheduler anyThread;
    private RunningServer server;
    private QwenAsrClient client;

    @BeforeEach
    void start() throws NoSuchFieldException {
        System.out.println("churn seed " + seed);
        leftovers = new Leftovers();
        anyThread = Schedulers.newBoundedElastic(THREADS, Integer.MAX_VALUE, "churn");
        start(script);
    }

    private void start(Transcriber transcriber) {
        server = QwenAsrServer.builder(transcriber)
                .httpServer(http -> http.doOnChannelInit((observer, channel, remote) -> {
                    leftovers.watch(channel);
                    ClientFrames frames = new ClientFrames();
                    wires.add(frames);
                    channel.pipeline().addFirst(frames);
                }))
                .build()
                .start()
                .block(LIMIT);
        client = QwenAsrClient.builder(server.endpoint())
                .httpClient(HttpClient.newConnection()
                        .option(ChannelOption.TCP_NODELAY, true)
                        .doOnChannelInit((observer, channel, remote) -> leftovers.watch(channel)))
                // A slow machine must not cut off what the server has not read yet.
                .session(ClientSessionSettings.DEFAULTS.withCloseTimeout(Duration.ofSeconds(20)))
                .build();
    }

    @AfterEach
    void stop() {
        anyThread.dispose();
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
    }

    private void churn(IntFunction<Mono<Void>> session) {
        Flux.range(0, WARM_UP).flatMap(session::apply, AT_ONCE).blockLast(LIMIT);
        awaitTheEnd();
        leftovers.keepThreads();
        Flux.range(WARM_UP, SESSIONS).flatMap(session::apply, AT_ONCE).blockLast(LIMIT);
        awaitTheEnd();
        leftovers.awaitNone();
    }

    private void awaitTheEnd() {
        await("the end of all sources", () -> sources.get() == 0);
        await("the end of all sessions", () -> server.sessions() == 0);
        await(
                "the end of all transcriptions",
                () -> script.sessions().stream().allMatch(session -> session.end() != null));
    }

    private static void assertClosedOnce(ClientFrames wire) {
        if (wire.frames() > 0) {
            assertThat(wire.closeCodes()).containsExactly(NORMAL);
        }
    }

    /** More than enough for what the tests wait for, and no more: without an end it would take all of the machine. */
    private Flux<AudioSignal> endless(Random random) {
        return Flux.<AudioSignal>generate(sink -> {
                    int length = 2 * (1 + random.nextInt(noise.length / 2));
                    sink.next(AudioSignal.chunk(ByteBuffer.wrap(Arrays.copyOf(noise, length))));
                })
                .take(PLENTY)
                .concatWith(Flux.never())
                .doOnSubscribe(s -> sources.incrementAndGet())
                .doFinally(s -> sources.decrementAndGet());
    }

    private Mono<Long> someTime(Random random) {
        return Mono.delay(Duration.ofNanos(random.nextInt(MAX_DELAY_NANOS)), anyThread);
    }

    @Test
    void leavesNothingBehindWhenCancelled() {
        churn(number -> {
            Random random = new Random(seed + number);
            Flux<TranscriptionEvent> events = client.transcribe(endless(random), VAD);
            if (random.nextInt(4) == 0) {
                return events.take(1 + random.nextInt(MAX_EVENTS))
                        .subscribeOn(anyThread)
                        .then();
            }
            return cancelled(events, someTime(random));
        });
        assertThat(wires).allSatisfy(SessionChurnTests::assertClosedOnce);
    }

    private Mono<Void> cancelled(Flux<TranscriptionEvent> events, Mono<Long> then) {
        return Mono.fromCallable(() -> events.subscribe())
                .subscribeOn(anyThread)
                .delayUntil(session -> then)
                .doOnNext(Disposable::dispose)
                .then();
    }

    @Test
    void leavesNothingBehindWhenCancelledWhileSessionsAreLostOrReplaced() {
        AtomicInteger failures = new AtomicInteger();
        Random deaths = new Random(seed);
        Transcriber mortal = (audio, options) -> Flux.defer(() -> {
            int millis = 20 + deaths.nextInt(300);
            Mono<TranscriptionEvent> death = Mono.delay(Duration.ofMillis(millis), anyThread)
                    .doOnNext(now -> failures.incrementAndGet())
                    .then(Mono.error(new ServerErrorException(
                            new ServerError(ServerError.SERVER_ERROR, null, "on fire", null, null),
                            SessionPhase.STREAMING,
                            null)));
            return script.transcribe(audio, options).mergeWith(death);
        });
        server.stop(Duration.ZERO).block(LIMIT);
        start(mortal);
        Logger log = (Logger) LoggerFactory.getLogger("io.qwenasr.session");
        log.setLevel(Level.ERROR);
        AtomicInteger reconnects = new AtomicInteger();
        AtomicInteger takeovers = new AtomicInteger();
        ReconnectPolicy quick =
                new ReconnectPolicy(50, Duration.ofMillis(1), Duration.ofMillis(20), 1, Duration.ofSeconds(30));
        Transcriber resuming = ResumingTranscriber.of(client)
                .keeping(Duration.ofSeconds(1))
                .reconnecting(quick)
                .rollingOverBefore(Duration.ofMillis(100));
        try {
            churn(number -> lostOrReplaced(number, resuming, reconnects, takeovers));
        } finally {
            log.setLevel(null);
        }
        System.out.println(failures + " sessions failed, " + reconnects + " reconnects, " + takeovers + " takeovers");
        assertThat(reconnects).hasPositiveValue();
        assertThat(takeovers).hasPositiveValue();
        assertThat(reconnects.get() + takeovers.get()).isGreaterThan(SESSIONS / 2);
        assertThat(wires).allSatisfy(wire -> assertThat(wire.closeCodes()).hasSizeLessThanOrEqualTo(1));
    }

    private Mono<Void> lostOrReplaced(
            int number, Transcriber resuming, AtomicInteger reconnects, AtomicInteger takeovers) {
        Random random = new Random(seed + number);
        Flux<AudioSignal> live = Flux.interval(Duration.ofMillis(5), anyThread)
                .onBackpressureDrop()
                .map(i -> AudioSignal.chunk(ByteBuffer.wrap(noise, 0, 2 * (1 + random.nextInt(200)))))
                .doOnSubscribe(s -> sources.incrementAndGet())
                .doFinally(s -> sources.decrementAndGet());
        int sessions = number % 4;
        AtomicInteger begun = new AtomicInteger();
        Sinks.Empty<Void> enough = Sinks.empty();
        Flux<TranscriptionEvent> events = resuming.transcribe(live, VAD).doOnNext(event -> {
            boolean again = event instanceof TranscriptionEvent.Reconnected;
            if (again) {
                reconnects.incrementAndGet();
            }
            if (again || event instanceof TranscriptionEvent.SessionReady) {
                takeovers.addAndGet(again || begun.get() == 0 ? 0 : 1);
                if (begun.incrementAndGet() == sessions) {
                    enough.tryEmitEmpty();
                }
            }
        });
        Mono<Void> then = sessions == 0 ? Mono.empty() : enough.asMono();
        return cancelled(events, then.then(someTime(random)));
    }

    @Test
    void leavesNothingOutAndNothingBehindWhenTheAudioEnds() {
        AtomicInteger finals = new AtomicInteger();
        churn(number -> {
            Random random = new Random(seed + number);
            SessionOptions options = random.nextBoolean() ? VAD : MANUAL;
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            Sinks.Empty<Void> stop = Sinks.empty();
            // Some end early, even before the session has begun, some well within the stream.
            boolean stopsInTime = random.nextBoolean();
            Flux<AudioSignal> most =
                    stopsInTime ? endless(random) : endless(random).take(random.nextInt(MAX_CHUNKS));
            Flux<AudioSignal> audio = most.takeUntilOther(stop.asMono()).doOnNext(signal -> {
                ByteBuffer chunk = ((AudioSignal.Chunk) signal).audio();
                byte[] bytes = new byte[chunk.remaining()];
                chunk.duplicate().get(bytes);
                sent.writeBytes(bytes);
            });
            return Mono.defer(() -> {
                        (stopsInTime ? someTime(random) : Mono.never()).subscribe(now -> stop.tryEmitEmpty());
                        return client.transcribe(audio, options)
                                .ofType(TranscriptionEvent.Final.class)
                                .map(TranscriptionEvent.Final::transcript)
                                .collectList();
                    })
                    .subscribeOn(anyThread)
                    .doOnNext(transcripts -> {
                        assertThat(transcripts).isEqualTo(digests(sent.toByteArray(), options.equals(VAD)));
                        finals.addAndGet(transcripts.size());
                    })
                    .then();
        });
        System.out.println(finals + " finals of " + (WARM_UP + SESSIONS) + " sessions");
        assertThat(finals.get()).isGreaterThan(SESSIONS / 2);
        assertThat(wires).allSatisfy(wire -> assertThat(wire.closeCodes()).containsExactly(NORMAL));
    }

    private static List<String> digests(byte[] audio, boolean bySecond) {
        List<String> digests = new ArrayList<>();
        int length = bySecond ? bytes(1_000) : Math.max(1, audio.length);
        for (int from = 0; from < audio.length; from += length) {
            int to = Math.min(audio.length, from + length);
            CRC32 crc = new CRC32();
            crc.update(audio, from, to - from);
            digests.add(new HeardUtterance(1, to - from, crc.getValue(), Duration.ZERO, Duration.ZERO).digest());
        }
        return digests;
    }
}
