package io.qwenasr.reactor.captions;

import static io.qwenasr.reactor.captions.Events.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.TranscriptionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Whole files, as they are on disk and as parsers of other people read them. */
class SubtitleFilesTest {

    private static final Map<String, List<TranscriptionEvent>> SPEECH = Map.of(
            "english",
            List.of(
                    done("a", "Good evening, and welcome to the programme.", 480, 3_100),
                    done(
                            "b",
                            "Tonight we talk about what happens when a session is lost in the middle of a sentence, why"
                                    + " nobody noticed for a year, and what it cost to put it right. Dr. Smith of the U.S. Geological"
                                    + " Survey, who wrote <em>the</em> report at https://example.com/reports/2026 --> has the"
                                    + " numbers: 3.5% & rising.",
                            3_600,
                            21_000),
                    done("c", "Yes.", 21_400, 21_700),
                    done("d", "No!", 21_900, 22_200),
                    done("e", "", 22_500, 22_900),
                    done("f", "Line one\n\n2\n00:00:01,000 --> 00:00:02,000\nLine two", 3_600_500, 3_605_000)),
            "mandarin",
            List.of(
                    done("a", "今天天气很好，我们一起去公园散步吧。", 300, 3_900),
                    done(
                            "b",
                            "各位观众晚上好，欢迎收看今天的新闻节目。首先来看一组数据：截至二〇二六年十一月，全国共有一千二百三十四万人参加了这项名为“Qwen ASR 实时字幕”的测试活动，其中百分之九十五以上的参与者表示满意，并且希望以后能够继续使用这一服务。",
                            4_200,
                            29_000)),
            "arabic",
            List.of(
                    done("a", "مرحبا بكم في نشرة الأخبار، كيف حالكم؟", 300, 3_000),
                    done(
                            "b",
                            "أَعْلَنَتِ الشَّرِكَةُ اليوم عن خدمة جديدة اسمها Qwen ASR تعمل في الوقت الحقيقي، وقال المتحدث"
                                    + " باسمها إن عدد المستخدمين بلغ ١٢٣٤٥ مستخدمًا خلال أسبوع واحد فقط.",
                            3_300,
                            14_000)),
            "emoji",
            List.of(
                    done("a", "Family 👨‍👩‍👧‍👦 flags 🇨🇳🇺🇸 and thumbs 👍🏽👍🏿!", 0, 2_500),
                    done("b", "👨‍👩‍👧‍👦".repeat(70), 3_000, 9_000),
                    done("c", "Z" + "\u0335\u0300\u0301\u0302".repeat(5) + "algo ❤️ नमस्ते", 9_500, 11_000)));

    private static List<Cue> cues(String name) {
        return Flux.fromIterable(SPEECH.get(name))
                .transform(Subtitles::cues)
                .collectList()
                .block();
    }

    static String file(String name, Function<Flux<Cue>, Flux<String>> format) {
        return String.join(
                "",
                Flux.fromIterable(cues(name)).transform(format).collectList().block());
    }

    private static String golden(String file) throws IOException {
        try (InputStream in = SubtitleFilesTest.class.getResourceAsStream(file)) {
            return in == null ? "no file " + file : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"english", "mandarin", "arabic", "emoji"})
    void areAsTheyWereWhenSomebodyReadThem(String name) throws IOException {
        assertThat(file(name, Subtitles::srt)).isEqualTo(golden(name + ".srt"));
        assertThat(file(name, Subtitles::webVtt)).isEqualTo(golden(name + ".vtt"));
        assertThat(file(name, Subtitles::jsonLines)).isEqualTo(golden(name + ".jsonl"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"english", "mandarin", "arabic", "emoji"})
    void areReadByOtherPeoplesParsers(String name) {
        List<Shown> cues = Shown.of(cues(name));
        assertThat(VttJs.parse(file(name, Subtitles::webVtt))).isEqualTo(cues);
        assertThat(Shown.parseSrt(file(name, Subtitles::srt)))
                .isEqualTo(cues.stream()
                        .map(cue -> new Shown(cue.start(), cue.end(), cue.text().replace("-->", "→")))
                        .toList());
    }
}
