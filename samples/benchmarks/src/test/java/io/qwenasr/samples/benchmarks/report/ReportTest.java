package io.qwenasr.samples.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.benchmarks.load.Figures;
import io.qwenasr.samples.benchmarks.load.Sample;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Results RESULTS = new Results(List.of(
            sample("qwen-asr", 1, 2, 120),
            sample("webflux", 1, 8, 18_000),
            sample("qwen-asr", 2, 6, 130),
            sample("webflux", 2, 12, 18_100),
            sample("qwen-asr", 3, 3, 125),
            sample("webflux", 3, 9, 18_050)));

    private static Sample sample(String peer, int round, double micros, double bytes) {
        return new Sample(
                "full-speed", "17", peer, round, Figures.of("cpuMicros", micros).with("allocated", bytes));
    }

    private static String page() {
        return Markdown.page(RESULTS, Map.of("date", "today"), Map.of("webflux", "by hand"), "chart.svg");
    }

    @Test
    void ratiosAreTakenWithinARound() {
        assertThat(RESULTS.ratio("full-speed", "17", "qwen-asr", "webflux", "cpuMicros"))
                .hasValue(new Spread(1.0 / 3, 0.25, 0.5, 3));
        assertThat(page()).contains("| webflux | 9.00 µs (8.00 µs – 12.0 µs) | 3.00× (2.00× – 4.00×) |");
    }

    @Test
    void goalsAreMetOrMissedByTheirMedian() {
        assertThat(page())
                .contains("| CPU per append, of hand-written WebFlux | ≤ 1/3 | 0.33 (0.25 – 0.50) | met |")
                .contains("| allocation per append | ≤ 128 B | 125 B (120 B – 130 B) | met |")
                .doesNotContain("DashScope SDK |");
        Results fat = new Results(List.of(sample("qwen-asr", 1, 2, 256)));
        assertThat(Goal.of(fat, "17"))
                .singleElement()
                .satisfies(goal -> assertThat(goal.verdict()).isEqualTo("missed by a factor of 2.00"));
    }

    @Test
    void sumsAreTakenWithinARoundAndWithoutWhatIsMissing() {
        Results memory = new Results(List.of(held(1, 10, 1), held(2, 1, 10), held(3, 5, Double.NaN)));
        assertThat(memory.read("idle", "17", "qwen-asr", Results.sum("heapPerSession", "offHeapPerSession")))
                .hasValue(new Spread(11, 11, 11, 2));
        assertThat(Markdown.page(new Results(List.of(held(1, 5_000, Double.NaN))), Map.of(), Map.of(), "chart.svg"))
                .contains("| qwen-asr | – | 5.00 kB | – | – |");
    }

    private static Sample held(int round, double heap, double outside) {
        return new Sample(
                "idle",
                "17",
                "qwen-asr",
                round,
                Figures.of("heapPerSession", heap).with("offHeapPerSession", outside));
    }

    @Test
    void operatorsAreComparedWithTheFasterOfTwo() {
        Results results = new Results(List.of(
                sample("qwen-asr-operators", 1, 6, 0),
                sample("core", 1, 3, 0),
                sample("qwen-asr", 1, 2, 0),
                sample("qwen-asr-operators", 2, 6, 0),
                sample("core", 2, 1, 0),
                sample("qwen-asr", 2, 2, 0)));
        assertThat(Goal.of(results, "17"))
                .filteredOn(goal -> goal.what().contains("pacing and commits"))
                .singleElement()
                .satisfies(goal -> assertThat(goal.measured()).isEqualTo(new Spread(4.5, 3, 6, 2)));
    }

    @Test
    void whereAPeerIsBetterOrAGoalIsMissedIsSaid() {
        Results worse = new Results(List.of(sample("qwen-asr", 1, 10, 120), sample("webflux", 1, 8, 18_000)));
        assertThat(Markdown.page(worse, Map.of(), Map.of(), "chart.svg"))
                .contains("| CPU per append, of hand-written WebFlux | 1.25 | ≤ 1/3 is the goal |")
                .contains("| One session at full speed, ws: CPU per append | 10.0 µs | webflux 8.00 µs |")
                .doesNotContain("ws: allocated per append |");
        Results better = new Results(List.of(sample("qwen-asr", 1, 2, 120), sample("webflux", 1, 8, 18_000)));
        assertThat(Markdown.page(better, Map.of(), Map.of(), "chart.svg"))
                .contains("JDK 17: nowhere.")
                .contains("| CPU per append, ws | 2.00 µs | – | 8.00 µs | 0.25× |");
    }

    @Test
    void drawsAPictureThatIsXml() throws Exception {
        String svg = SvgChart.of(RESULTS);
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                        .getElementsByTagName("rect")
                        .getLength())
                .isEqualTo(1 + 2 * 2 * 2);
        assertThat(svg).contains(">webflux<").contains("CPU per append at full speed, JDK 17");
    }

    @Test
    void writesFiguresWithThreeDigits() {
        assertThat(Unit.BYTES.shown(476.4)).isEqualTo("476 B");
        assertThat(Unit.BYTES.shown(18_087)).isEqualTo("18.1 kB");
        assertThat(Unit.BYTES.shown(34_562_693)).isEqualTo("34.6 MB");
        assertThat(Unit.MICROS.shown(4.7)).isEqualTo("4.70 µs");
        assertThat(Unit.COUNT.shown(158_560)).isEqualTo("158,560");
        assertThat(Unit.PERCENT.shown(-0.0001)).isEqualTo("0.00 %");
        assertThat(Unit.NONE.shown(Double.NaN)).isEqualTo("–");
    }
}
