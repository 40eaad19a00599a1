package io.qwenasr.samples.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws bars, one panel below the other. */
public final class SvgChart {

    private static final int WIDTH = 860;
    private static final int LABELS = 170;
    private static final int BARS = 470;
    private static final int ROW = 22;
    private static final int PANEL_HEAD = 44;
    private static final int MARGIN = 20;
    private static final double LOG_FROM = 100;

    private static final String OWN = "#0f766e";
    private static final String FLOOR = "#a8b3b0";
    private static final String OTHER = "#64748b";

    private final Results results;
    private final StringBuilder svg = new StringBuilder();
    private int y = MARGIN;

    private SvgChart(Results results) {
        this.results = results;
    }

    /** Returns a picture of the main figures; what was not measured is left out. */
    public static String of(Results results) {
        SvgChart chart = new SvgChart(results);
        for (String jdk : results.jdks()) {
            chart.panel("CPU per append at full speed", "full-speed", jdk, "cpuMicros", Unit.MICROS);
            chart.panel("Allocated per append", "full-speed", jdk, "allocated", Unit.BYTES);
            chart.panel("CPU per append at full speed, wss", "full-speed-tls", jdk, "cpuMicros", Unit.MICROS);
            chart.panel(
                    "1,000 sessions in real time: append to server, p99",
                    "real-time-1000",
                    jdk,
                    "toServerP99",
                    Unit.MILLIS);
            chart.panel("1,000 sessions in real time: CPU per append", "real-time-1000", jdk, "cpuMicros", Unit.MICROS);
            chart.panel(
                    "Server stops reading, audio pushed: heap per session",
                    "stalled-pushed",
                    jdk,
                    "heapPerSession",
                    Unit.BYTES);
        }
        return chart.finish();
    }

    private record Bar(String label, Spread value) {}

    private void panel(String title, String scenario, String jdk, String figure, Unit unit) {
        List<Bar> bars = new ArrayList<>();
        for (String peer : results.peers(scenario, jdk)) {
            results.figure(scenario, jdk, peer, figure)
                    .filter(value -> value.median() > 0)
                    .ifPresent(value -> bars.add(new Bar(peer, value)));
        }
        if (bars.isEmpty()) {
            return;
        }
        double max = bars.stream().mapToDouble(bar -> bar.value().max()).max().orElse(1);
        double min = bars.stream()
                .mapToDouble(bar -> bar.value().min())
                .filter(v -> v > 0)
                .min()
                .orElse(max);
        boolean log = max / min > LOG_FROM;
        text(MARGIN, y + 20, "start", 15, "#111827", title + ", JDK " + jdk + (log ? " (logarithmic)" : ""));
        y += PANEL_HEAD - 12;
        for (Bar bar : bars) {
            Spread value = bar.value();
            double end = scale(value.median(), min, max, log);
            text(MARGIN + LABELS - 8, y + 15, "end", 12, "#374151", bar.label());
            rect(MARGIN + LABELS, y + 4, end, ROW - 8, colour(bar.label()));
            if (value.rounds() > 1) {
                double from = scale(value.min(), min, max, log);
                double to = scale(value.max(), min, max, log);
                rect(MARGIN + LABELS + from, y + ROW / 2.0 - 0.5, Math.max(1, to - from), 1, "#111827");
                end = Math.max(end, to);
            }
            text(MARGIN + LABELS + end + 6, y + 15, "start", 12, "#111827", value.shown(unit));
            y += ROW;
        }
        y += MARGIN;
    }

    private static double scale(double value, double min, double max, boolean log) {
        if (!log) {
            return Math.max(1, value / max * BARS);
        }
        double floor = min / 2;
        return Math.max(1, Math.log(Math.max(value, floor) / floor) / Math.log(max / floor) * BARS);
    }

    private static String colour(String label) {
        if (label.startsWith("qwen-asr") || label.equals("core")) {
            return OWN;
        }
        return label.startsWith("floor") || label.equals("pacer") ? FLOOR : OTHER;
    }

    private void rect(double x, double top, double width, double height, String fill) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
                x,
                top,
                width,
                height,
                fill));
    }

    private void text(double x, double baseline, String anchor, int size, String fill, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" fill=\"%s\">%s</text>%n",
                x,
                baseline,
                anchor,
                size,
                fill,
                text.replace("&", "&amp;").replace("<", "&lt;")));
    }

    private String finish() {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + WIDTH + "\" height=\"" + y + "\" viewBox=\"0 0 "
                + WIDTH + " " + y + "\" font-family=\"Helvetica, Arial, sans-serif\">\n"
                + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n" + svg + "</svg>\n";
    }
}
