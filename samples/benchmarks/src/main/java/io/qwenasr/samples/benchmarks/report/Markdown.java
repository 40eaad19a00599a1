package io.qwenasr.samples.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes results as a page. */
public final class Markdown {

    private static final String RECEIVING = "ReceiveBenchmark.";

    private final Results results;
    private final Map<String, String> environment;
    private final Map<String, String> peers;
    private final StringBuilder page = new StringBuilder();

    private Markdown(Results results, Map<String, String> environment, Map<String, String> peers) {
        this.results = results;
        this.environment = environment;
        this.peers = peers;
    }

    /**
     * Returns the page.
     *
     * @param results what was measured
     * @param environment where and with what, by name
     * @param peers what each peer is, by label
     * @param chart the file name of the picture
     */
    public static String page(
            Results results, Map<String, String> environment, Map<String, String> peers, String chart) {
        Markdown markdown = new Markdown(results, environment, peers);
        markdown.head(chart);
        markdown.goals();
        markdown.comparisons();
        markdown.shortfalls();
        results.scenarios().forEach(markdown::scenario);
        markdown.legend();
        return markdown.page.toString();
    }

    private void head(String chart) {
        line("# Measured, side by side");
        line("");
        line("Written by `benchmarks.jar`; README.md here tells how each figure comes about and how to repeat it.");
        line("Where there were several rounds, a cell holds the median and, in brackets, the extremes. Ratios are");
        line("taken within each round, since whatever else the machine does, it does it to all.");
        line("");
        row(List.of("", ""));
        row(List.of("---", "---"));
        environment.forEach((name, value) -> row(List.of(name, value)));
        line("");
        line("![The main figures as bars](" + chart + ")");
        line("");
    }

    private void goals() {
        for (String jdk : results.jdks()) {
            List<Goal> goals = Goal.of(results, jdk);
            if (goals.isEmpty()) {
                continue;
            }
            line("## Goals, JDK " + jdk);
            line("");
            row(List.of("", "goal", "measured", ""));
            row(List.of("---", "---", "---", "---"));
            goals.forEach(goal -> row(List.of(
                    goal.what(),
                    goal.limit(),
                    goal.measured().shown(goal.unit()),
                    goal.isMet() ? "met" : "**" + goal.verdict() + "**")));
            line("");
        }
    }

    private void comparisons() {
        for (String jdk : results.jdks()) {
            List<Comparison> rows = Comparison.of(results, jdk);
            if (rows.isEmpty()) {
                continue;
            }
            line("## Beside hand-written WebFlux, JDK " + jdk);
            line("");
            row(List.of("", "qwen-asr", "floor", "webflux", "of webflux's"));
            row(List.of("---", "---", "---", "---", "---"));
            rows.forEach(one -> row(one.cells()));
            line("");
        }
    }

    private void shortfalls() {
        line("## Where it falls short");
        line("");
        line("Every goal that is missed and every median in which a peer is better, however little; where the spreads");
        line("overlap, neither may be.");
        line("");
        for (String jdk : results.jdks()) {
            results.ratio("jmh", jdk, RECEIVING + "floorFrameOnly", RECEIVING + "qwenAsr", "micros")
                    .ifPresent(part -> {
                        line("On JDK " + jdk + ", " + part.shown(Unit.NONE) + " of what receiving an append costs (`"
                                + RECEIVING + "qwenAsr`) is Netty's");
                        line(
                                "frame decoder, which unmasks, with the harness around it; this library does not replace it.");
                        line("");
                    });
            List<Shortfall> all = Shortfall.of(results, jdk);
            if (all.isEmpty()) {
                line("JDK " + jdk + ": nowhere.");
            } else {
                row(List.of("JDK " + jdk, "this library", "better"));
                row(List.of("---", "---", "---"));
                all.forEach(one -> row(List.of(one.what(), one.own(), one.better())));
            }
            line("");
        }
    }

    private void scenario(String scenario) {
        line("## " + Titles.of(scenario));
        line("");
        line(Titles.explanation(scenario));
        line("");
        for (String jdk : results.jdks(scenario)) {
            List<Column> columns = Column.of(scenario);
            List<String> shown = results.peers(scenario, jdk);
            boolean noted = shown.stream()
                    .anyMatch(peer -> !results.notes(scenario, jdk, peer).isEmpty());
            List<String> head = new ArrayList<>(List.of("JDK " + jdk));
            columns.forEach(column -> head.add(column.title()));
            if (noted) {
                head.add("how it ended");
            }
            row(head);
            row(head.stream().map(title -> "---").toList());
            for (String peer : shown) {
                List<String> cells = new ArrayList<>(List.of(peer));
                columns.forEach(column -> cells.add(column.cell(results, scenario, jdk, peer)));
                if (noted) {
                    cells.add(results.notes(scenario, jdk, peer));
                }
                row(cells);
            }
            line("");
        }
    }

    private void legend() {
        line("## Who is who");
        line("");
        row(List.of("", ""));
        row(List.of("---", "---"));
        peers.forEach((label, what) -> row(List.of(label, what)));
    }

    private void row(List<String> cells) {
        line("| "
                + String.join(
                        " | ",
                        cells.stream()
                                .map(cell -> cell.replace("|", "\\|").replace('\n', ' '))
                                .toList()) + " |");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
