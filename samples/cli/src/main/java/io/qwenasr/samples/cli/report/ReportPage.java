package io.qwenasr.samples.cli.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The page: all that is to be read is in its HTML; its script draws what is to be seen.
 *
 * <p>Its policy allows this script and this style, by their digests, and nothing else: no address is ever asked.
 */
final class ReportPage {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx", Locale.ROOT);

    private ReportPage() {}

    static String of(List<SessionStory> stories, Instant now) {
        String style = resource("report.css");
        String script = resource("report.js");
        StringBuilder sections = new StringBuilder();
        if (stories.size() > 1) {
            contents(sections, stories);
        }
        for (int i = 0; i < stories.size(); i++) {
            section(sections, i, stories.get(i));
        }
        String page = resource("report.html");
        // Each part once, from the end, so that what a transcript says is never taken for a place to fill in.
        page = fill(page, "script", script);
        page = fill(page, "data", ReportData.of(stories));
        page = fill(page, "sections", sections.toString());
        page = fill(page, "lead", Html.escape(lead(stories, now)));
        page = fill(page, "style", style);
        page = fill(page, "title", Html.escape(title(stories)));
        return fill(
                page,
                "policy",
                "default-src 'none'; img-src data:; style-src '" + digest(style) + "'; script-src '" + digest(script)
                        + "'; base-uri 'none'; form-action 'none'");
    }

    private static String fill(String page, String place, String content) {
        String mark = "{{" + place + "}}";
        int at = page.indexOf(mark);
        return page.substring(0, at) + content + page.substring(at + mark.length());
    }

    private static String title(List<SessionStory> stories) {
        return stories.size() == 1 ? stories.get(0).name() : stories.size() + " transcriptions";
    }

    private static String lead(List<SessionStory> stories, Instant now) {
        Duration audio = stories.stream().map(SessionStory::audio).reduce(Duration.ZERO, Duration::plus);
        long failed = stories.stream()
                .filter(story -> story.end() == SessionStory.End.FAILED)
                .count();
        return (stories.size() == 1 ? "" : stories.size() + " sessions, ")
                + seconds(audio) + " of audio"
                + (failed == 0 ? "" : stories.size() == 1 ? ", failed" : ", " + failed + " failed")
                + " · written " + local(now);
    }

    private static void contents(StringBuilder html, List<SessionStory> stories) {
        html.append("<nav aria-label=\"Sessions\"><ol>\n");
        for (int i = 0; i < stories.size(); i++) {
            SessionStory story = stories.get(i);
            html.append("<li><a href=\"#s")
                    .append(i)
                    .append("\">")
                    .append(Html.escape(story.name()))
                    .append("</a> <span class=\"end ")
                    .append(kind(story))
                    .append("\">")
                    .append(story.end().words())
                    .append("</span> ")
                    .append(seconds(story.audio()))
                    .append("</li>\n");
        }
        html.append("</ol></nav>\n");
    }

    private static String kind(SessionStory story) {
        return story.end().name().toLowerCase(Locale.ROOT);
    }

    private static void section(StringBuilder html, int index, SessionStory story) {
        html.append("<section class=\"session\" id=\"s")
                .append(index)
                .append("\" data-testid=\"session\">\n<header><h2>")
                .append(Html.escape(story.name()))
                .append("</h2><span class=\"end ")
                .append(kind(story))
                .append("\" data-testid=\"end\">")
                .append(story.end().words())
                .append("</span></header>\n");
        if (story.failure() != null) {
            html.append(
                            "<p class=\"failure\" role=\"alert\" data-testid=\"failure\"><strong>This session failed.</strong> ")
                    .append(Html.escape(story.failure()))
                    .append("<span class=\"note\">What is below is what there was by then.</span></p>\n");
        }
        html.append("<dl class=\"facts\">\n");
        facts(story)
                .forEach((name, value) -> html.append("<div><dt>")
                        .append(Html.escape(name))
                        .append("</dt><dd>")
                        .append(Html.escape(value))
                        .append("</dd></div>\n"));
        html.append("</dl>\n<div class=\"drawn\" hidden></div>\n");
        incidents(html, story);
        table(html, index, story);
        html.append("</section>\n");
    }

    private static Map<String, String> facts(SessionStory story) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (story.began() != null) {
            facts.put("Begun", local(story.began()));
            facts.put("Audio", seconds(story.audio()));
            facts.put("Took", seconds(story.lasted()));
        }
        facts.putAll(story.facts());
        if (story.model() != null) {
            facts.putIfAbsent("Model", story.model());
        }
        if (story.began() != null) {
            long finals =
                    story.utterances().stream().filter(u -> u.text() != null).count();
            facts.put("Utterances", finals + " of " + (story.utterances().size() + story.leftOut()) + " transcribed");
            facts.put("First partial", latency(story, true));
            facts.put("End of speech to final", latency(story, false));
            facts.put(
                    "Reconnects",
                    story.reconnects().isEmpty()
                            ? "none"
                            : story.reconnects().size() + ", " + seconds(story.replayed()) + " sent again");
            facts.put("Audio lost", lost(story));
        }
        return facts;
    }

    private static String lost(SessionStory story) {
        List<String> all = new ArrayList<>();
        if (!story.lost().isZero()) {
            all.add(seconds(story.lost()) + " in reconnects");
        }
        if (!story.droppedLength().isZero()) {
            all.add(seconds(story.droppedLength()) + " by the source");
        }
        return all.isEmpty() ? "none" : String.join(", ", all);
    }

    private static String latency(SessionStory story, boolean first) {
        Quantiles all = Quantiles.of(story.utterances().stream()
                .flatMap(one -> Stream.ofNullable(first ? one.firstPartial() : one.finalResult())));
        return all == null
                ? "not measured"
                : millis(all.median()) + " median, " + millis(all.p95()) + " p95, " + millis(all.max()) + " max";
    }

    private static void incidents(StringBuilder html, SessionStory story) {
        if (story.reconnects().isEmpty() && story.errors().isEmpty()) {
            return;
        }
        html.append("<h3>What went wrong</h3>\n<ul class=\"incidents\">\n");
        for (SessionStory.Reconnect again : story.reconnects()) {
            html.append("<li>At ")
                    .append(position(again.heard()))
                    .append(" the session was lost: ")
                    .append(Html.escape(again.why()))
                    .append(". Resumed at attempt ")
                    .append(again.attempt())
                    .append(", ")
                    .append(seconds(again.replayed()))
                    .append(" sent again, ")
                    .append(seconds(again.lost()))
                    .append(" lost.</li>\n");
        }
        story.errors()
                .forEach(error -> html.append("<li>The service reported ")
                        .append(Html.escape(error))
                        .append("</li>\n"));
        html.append("</ul>\n");
    }

    private static void table(StringBuilder html, int index, SessionStory story) {
        html.append("<h3>Transcript</h3>\n");
        if (story.leftOut() > 0) {
            html.append("<p>The first ").append(story.leftOut()).append(" utterances are left out.</p>\n");
        }
        if (story.utterances().isEmpty()) {
            html.append("<p class=\"none\">Nothing was said, or nothing was heard.</p>\n");
            return;
        }
        html.append("<table class=\"transcript\"><thead><tr><th scope=\"col\">Time</th><th scope=\"col\">Text</th>"
                + "<th scope=\"col\" class=\"number\">First partial</th>"
                + "<th scope=\"col\" class=\"number\">Final after</th></tr></thead>\n<tbody>\n");
        List<UtteranceStory> all = story.utterances();
        for (int i = 0; i < all.size(); i++) {
            UtteranceStory one = all.get(i);
            html.append("<tr id=\"s")
                    .append(index)
                    .append("u")
                    .append(i)
                    .append("\" class=\"")
                    .append(state(one))
                    .append("\" data-testid=\"utterance\"><td class=\"time\">")
                    .append(one.start() == null ? "–" : position(one.start()))
                    .append("</td><td class=\"text\" dir=\"auto\"")
                    .append(one.language() == null ? "" : " lang=\"" + Html.escape(one.language()) + "\"")
                    .append(">")
                    .append(Html.escape(one.shown()))
                    .append(note(one))
                    .append("</td><td class=\"number\">")
                    .append(one.firstPartial() == null ? "–" : millis(one.firstPartial()))
                    .append("</td><td class=\"number\">")
                    .append(one.finalResult() == null ? "–" : millis(one.finalResult()))
                    .append("</td></tr>\n");
        }
        html.append("</tbody></table>\n");
    }

    static String state(UtteranceStory utterance) {
        return utterance.text() != null ? "final" : utterance.failure() != null ? "failed" : "open";
    }

    private static String note(UtteranceStory utterance) {
        return switch (state(utterance)) {
            case "failed" ->
                " <span class=\"note\">not transcribed: " + Html.escape(Objects.requireNonNull(utterance.failure()))
                        + "</span>";
            case "open" -> " <span class=\"note\">no final came</span>";
            default ->
                Objects.requireNonNull(utterance.text()).isBlank()
                        ? "<span class=\"note\">nothing understood</span>"
                        : "";
        };
    }

    private static String local(Instant instant) {
        return TIME.format(instant.atZone(ZoneId.systemDefault()));
    }

    private static String seconds(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 60
                ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)
                : seconds < 3600
                        ? String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60)
                        : String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + " ms";
    }

    private static String position(@Nullable Duration position) {
        long tenths = Math.round(Objects.requireNonNull(position).toMillis() / 100.0);
        String minutes = String.format(Locale.ROOT, "%02d:%02d.%d", tenths / 600 % 60, tenths / 10 % 60, tenths % 10);
        return tenths < 36_000 ? minutes : tenths / 36_000 + ":" + minutes;
    }

    private static String digest(String content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
