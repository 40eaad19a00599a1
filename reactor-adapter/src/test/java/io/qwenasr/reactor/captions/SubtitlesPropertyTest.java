package io.qwenasr.reactor.captions;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Whatever is said, whenever, and whatever the style. */
class SubtitlesPropertyTest {

    private static final int RUNS = 300;
    private static final int PARSED_RUNS = 15;
    private static final String[] PIECES = {
        "word",
        "and",
        "Dr.",
        "U.S.",
        "end.",
        "what?",
        "well,",
        "-->",
        "<i>x</i>",
        "&amp;",
        "https://example.com/a/b?c=d",
        "\n\n",
        "1",
        "00:00:01,000 --> 00:00:02,000",
        "WEBVTT",
        "NOTE x",
        "今天天气很好，",
        "我们走吧。",
        "「待って」",
        "한국어",
        "مرحبا،",
        "👨‍👩‍👧‍👦",
        "🇨🇳",
        "e\u0301",
        "x".repeat(90),
        "漢".repeat(60),
        "\u0007",
        "\u2028",
        "\u00a0",
        "\u3000\u3000",
        "\u2003",
        "\u1680",
        "สวัสดีชาวโลก"
    };

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int kinds = 1 + random.nextInt(PIECES.length);
        for (int i = random.nextInt(random.nextInt(60) + 1); i > 0; i--) {
            text.append(PIECES[random.nextInt(kinds)]).append(random.nextInt(5) == 0 ? "" : " ");
        }
        return text.toString();
    }

    private static SubtitleStyle style(Random random) {
        if (random.nextBoolean()) {
            return SubtitleStyle.BROADCAST;
        }
        Duration shortest = Duration.ofMillis(100 + random.nextInt(3_000));
        return new SubtitleStyle(
                10 + random.nextInt(60),
                1 + random.nextInt(3),
                shortest,
                shortest.plusMillis(random.nextInt(9_000)),
                1 + random.nextInt(40));
    }

    /** Times that are missing, equal, reversed, overlapping or far apart. */
    private static List<TranscriptionEvent> finals(Random random) {
        List<TranscriptionEvent> finals = new ArrayList<>();
        long at = 0;
        for (int i = random.nextInt(12); i > 0; i--) {
            long from = Math.max(0, at + random.nextInt(3_000) - 1_000);
            long to = from + (random.nextInt(5) == 0 ? -random.nextInt(500) : random.nextInt(20_000));
            finals.add(new Final(
                    "item_" + i,
                    text(random),
                    null,
                    null,
                    random.nextInt(6) == 0 ? null : Events.ms(from),
                    random.nextInt(6) == 0 ? null : Events.ms(Math.max(0, to))));
            at = random.nextInt(3) == 0 ? from : Math.max(from, to);
        }
        return finals;
    }

    @Test
    void holdsForRandomSpeech() {
        long seed = Seeds.next("subtitles");
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed + run);
            List<TranscriptionEvent> finals = finals(random);
            SubtitleStyle style = style(random);
            try {
                List<Cue> cues = Flux.fromIterable(finals)
                        .transform(Subtitles.cues(style))
                        .collectList()
                        .block();
                checkText(finals, cues, style);
                checkTimes(cues, style);
                checkLags(finals, cues, style);
                if (run < PARSED_RUNS) {
                    checkFiles(cues);
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", run " + run + ", " + style, e);
            }
        }
    }

    private static void checkText(List<TranscriptionEvent> finals, List<Cue> cues, SubtitleStyle style) {
        for (TranscriptionEvent event : finals) {
            Final done = (Final) event;
            String shown = cues.stream()
                    .filter(cue -> cue.itemId().equals(done.itemId()))
                    .map(Cue::text)
                    .collect(Collectors.joining("\n"));
            assertThat(inked(shown)).as("no word lost, none twice").isEqualTo(inked(done.transcript()));
        }
        for (Cue cue : cues) {
            assertThat(cue.lines()).hasSizeLessThanOrEqualTo(style.lines());
            assertThat(cue.lines()).allSatisfy(line -> {
                assertThat(Columns.width(line)).isLessThanOrEqualTo(style.lineWidth());
                assertThat(line).isEqualTo(line.strip()).isNotBlank().doesNotStartWith("\u0301");
                assertThat(line.codePointAt(0)).as("no emoji parted").isNotIn(0x200D, 0xFE0F);
                assertThat(count(line, 0x1F1E6, 0x1F1FF) % 2).as("flags whole").isZero();
                assertThat(line).doesNotStartWith("，").doesNotStartWith("。").doesNotEndWith("「");
            });
        }
    }

    private static String inked(String text) {
        return text.replaceAll("[\\p{javaWhitespace}\\p{Cc}]+", "");
    }

    private static long count(String line, int from, int to) {
        return line.codePoints().filter(c -> c >= from && c <= to).count();
    }

    private static void checkTimes(List<Cue> cues, SubtitleStyle style) {
        Duration last = Duration.ZERO;
        for (Cue cue : cues) {
            assertThat(cue.start()).as("in order, not overlapping").isGreaterThanOrEqualTo(last);
            assertThat(cue.length()).isLessThanOrEqualTo(style.longest());
            last = cue.end();
        }
    }

    /** No cue is too short, unless its utterance would lag more than a second behind otherwise; then it does not. */
    private static void checkLags(List<TranscriptionEvent> finals, List<Cue> cues, SubtitleStyle style) {
        Duration latest = Duration.ZERO;
        for (TranscriptionEvent event : finals) {
            Final done = (Final) event;
            List<Cue> own = cues.stream()
                    .filter(cue -> cue.itemId().equals(done.itemId()))
                    .toList();
            if (own.isEmpty()) {
                continue;
            }
            Duration last = own.get(own.size() - 1).end();
            boolean inOrder = done.end() != null && done.end().compareTo(latest) >= 0;
            Duration lag = inOrder ? last.minus(done.end()) : Duration.ZERO;
            for (Cue cue : own) {
                boolean longEnough = cue.length().multipliedBy(3).plusMillis(6).compareTo(style.shortest()) >= 0;
                assertThat(longEnough || lag.toMillis() > 990)
                        .as("%s of %s", cue, done)
                        .isTrue();
                assertThat(cue.length()).isGreaterThan(Duration.ofMillis(30));
            }
            Duration least = last.minus(own.get(0).start()).minusMillis(own.size() * 41L);
            assertThat(lag.toMillis() <= 1_002 || least.isNegative())
                    .as("%s does not lag, or has as little time as possible", done)
                    .isTrue();
            latest = inOrder ? done.end() : latest;
        }
    }

    private static void checkFiles(List<Cue> cues) {
        Flux<Cue> flux = Flux.fromIterable(cues);
        List<Shown> expected = Shown.of(cues);
        assertThat(VttJs.parse(joined(flux.transform(Subtitles::webVtt)))).isEqualTo(expected);
        List<Shown> arrows = expected.stream()
                .map(cue -> new Shown(cue.start(), cue.end(), cue.text().replace("-->", "→")))
                .toList();
        assertThat(Shown.parseSrt(joined(flux.transform(Subtitles::srt)))).isEqualTo(arrows);
    }

    private static String joined(Flux<String> blocks) {
        return String.join("", blocks.collectList().block());
    }
}
