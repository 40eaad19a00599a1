package io.qwenasr.samples.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.benchmarks.peer.Peer;
import io.qwenasr.samples.benchmarks.peer.Peers;
import io.qwenasr.samples.benchmarks.sink.SinkAddress;
import io.qwenasr.samples.benchmarks.sink.SinkServer;
import java.util.Map;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each scenario, as short as it can be: that it comes to an end, loses nothing and tells plausible figures. */
class ScenarioTest {

    private static final Condition<Double> POSITIVE = new Condition<>(value -> value > 0, "positive");

    private static SinkServer server;
    private static SinkAddress address;

    @BeforeAll
    static void start() throws Exception {
        server = new SinkServer();
        address = new SinkAddress(server.port(), server.securePort());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Map<String, Double> measure(Peers which, String line) {
        try (Peer peer = which.create()) {
            Figures figures = Worker.measure(peer, address, Params.parse(line));
            assertThat(figures.note()).as(line + " of " + which).isEmpty();
            return Figures.parse(figures.line()).values();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOOR", "QWEN_ASR"})
    void fullSpeed(Peers peer) {
        assertThat(measure(peer, "scenario=full-speed warmMillis=50 millis=200"))
                .containsEntry("lost", 0.0)
                .containsEntry("wrongBytes", 0.0)
                .hasEntrySatisfying("cpuMicros", POSITIVE)
                .hasEntrySatisfying("appendsPerSecond", POSITIVE);
    }

    @ParameterizedTest
    @EnumSource(names = {"QWEN_ASR", "JDK"})
    void realTime(Peers peer) {
        assertThat(measure(peer, "scenario=real-time sessions=3 warmMillis=300 millis=400"))
                .containsEntry("refused", 0.0)
                .containsEntry("lost", 0.0)
                .hasEntrySatisfying("offered", POSITIVE)
                .hasEntrySatisfying("arrivedPercent", POSITIVE)
                .hasEntrySatisfying("toServerP50", POSITIVE)
                .hasEntrySatisfying("toClientP99", POSITIVE);
    }

    /** It has nobody to wait for, and nothing to lose. */
    @Test
    void realTimeOfTheHarnessAlone() {
        assertThat(measure(Peers.PACER, "scenario=real-time sessions=3 warmMillis=100 millis=200"))
                .hasEntrySatisfying("offered", POSITIVE)
                .doesNotContainKey("lost");
    }

    @ParameterizedTest
    @EnumSource(names = {"QWEN_ASR"})
    void stalledOnDemand(Peers peer) {
        Map<String, Double> figures = measure(peer, "scenario=stalled push=false sessions=1 appends=3000");
        assertThat(figures).containsEntry("lostPercent", 0.0);
        assertThat(figures.get("taken")).isBetween(1.0, 2_999.0);
    }

    @ParameterizedTest
    @EnumSource(names = {"QWEN_ASR"})
    void idle(Peers peer) {
        assertThat(measure(peer, "scenario=idle sessions=4")).containsEntry("sessions", 4.0);
    }

    @ParameterizedTest
    @EnumSource(names = {"QWEN_ASR"})
    void slow(Peers peer) {
        Map<String, Double> figures = measure(peer, "scenario=slow millis=300");
        assertThat(figures).containsEntry("outOfOrder", 0.0).containsEntry("lastHeard", 1.0);
        assertThat(figures.get("heard")).isEqualTo(figures.get("sent"));
    }

    @ParameterizedTest
    @EnumSource(names = {"QWEN_ASR"})
    void wholeFile(Peers peer) {
        assertThat(measure(peer, "scenario=file appends=500")).containsEntry("lostPercent", 0.0);
    }
}
