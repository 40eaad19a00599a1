package io.qwenasr.reactor.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Servers;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Latencies over a socket. The clock on the wall is not asserted: what is reported lies between the delay that was
 * injected and what the test saw pass around it.
 */
class LatencyLoopbackTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int WHOLE_CHUNKS = 3;

    @RegisterExtension
    final Servers servers = new Servers();

    @ParameterizedTest
    @ValueSource(longs = {50, 200, 800})
    void liesBetweenTheDelayAndWhatTheCallerSees(long delay) {
        RunningServer server = servers.start(QwenAsrServer.builder(ScriptedTranscriber.script()
                .onEachUtterance()
                .after(Duration.ofMillis(delay))
                .say("words")
                .build()));
        AtomicLong lastHanded = new AtomicLong();
        AtomicLong arrived = new AtomicLong();
        Flux<AudioSignal> audio = Flux.range(0, WHOLE_CHUNKS)
                .map(i -> AudioSignal.chunk(ByteBuffer.allocate(3_200)))
                .doOnNext(chunk -> lastHanded.set(System.nanoTime()))
                .concatWithValues(AudioSignal.commit());

        Mono<TimedEvent> session = Latencies.of(
                        QwenAsrClient.builder(server.endpoint()).build())
                .transcribe(audio, SessionOptions.builder().manual().build())
                .filter(timed -> timed.event() instanceof Final)
                .doOnNext(timed -> arrived.set(System.nanoTime()))
                .last();
        // The first session of a JVM loads classes; that is late, too, but not what is looked at here.
        session.block(LIMIT);
        TimedEvent done = session.block(LIMIT);

        System.out.println("a delay of " + delay + " ms is reported as "
                + done.latency().finalResult().toNanos() / 1e6 + " ms");
        assertThat(done.latency().finalResult())
                .isBetween(Duration.ofMillis(delay), Duration.ofNanos(arrived.get() - lastHanded.get()));
    }
}
