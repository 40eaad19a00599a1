package io.qwenasr.samples.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qwenasr.AudioLedger;
import io.qwenasr.AudioLedger.State;
import io.qwenasr.AudioSignal;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HtmlReportTest {

    private static final String EVIL = "</script><script>alert(1)</script><!-- & \"'\u2028";

    private final AtomicLong nanos = new AtomicLong();
    private final HtmlReport report = new HtmlReport(
            () -> Instant.parse("2026-11-23T10:00:00Z"), () -> nanos.addAndGet(1_000_000), Throwable::getMessage);

    @TempDir
    private Path folder;

    private static Transcriber says(TranscriptionEvent... events) {
        return (audio, options) -> Flux.from(audio).thenMany(Flux.just(events));
    }

    private static Flux<AudioSignal> audio(int seconds) {
        return Flux.range(0, seconds).map(i -> AudioSignal.chunk(ByteBuffer.allocate(32_000)));
    }

    private void run(String name, Transcriber transcriber) {
        report.section(name, Map.of("Pace", "real time"))
                .watch(transcriber)
                .transcribe(audio(3), SessionOptions.defaults())
                .blockLast();
    }

    private static JsonNode data(String html) {
        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL)
                .matcher(html);
        assertThat(data.find()).isTrue();
        return new JsonMapper().readTree(data.group(1));
    }

    @Test
    void tellsHowAnUtteranceCameAbout() {
        run(
                "talk.wav",
                says(
                        new SessionReady("s", "some-model"),
                        new SpeechStarted("a", Duration.ofMillis(500)),
                        new Partial("a", "", "hollow", "en", null),
                        new Partial("a", "", "hollow", "en", null),
                        new Partial("a", "hello", " word", "en", null),
                        new SpeechStopped("a", Duration.ofMillis(1_500)),
                        new Final("a", "hello world", "en", null, null, null)));
        String html = report.html();
        assertThat(html).contains("<h2>talk.wav</h2>", "some-model", "real time", "1 of 1 transcribed", ">complete<");
        assertThat(html)
                .containsPattern("<td class=\"time\">00:00.5</td><td class=\"text\" dir=\"auto\" lang=\"en\">"
                        + "hello world</td>");
        JsonNode session = data(html).get(0);
        assertThat(session.get("audio").asLong()).isEqualTo(3_000);
        JsonNode utterance = session.get("utterances").get(0);
        assertThat(utterance.get("start").asLong()).isEqualTo(500);
        assertThat(utterance.get("end").asLong()).isEqualTo(1_500);
        JsonNode partials = utterance.get("partials");
        assertThat(partials.size()).as("what reads the same is one").isEqualTo(2);
        assertThat(partials.get(1).get(2).asString()).isEqualTo("hello");
        assertThat(partials.get(1).get(3).asString()).isEqualTo(" word");
        assertThat(partials.get(1).get(0).asLong())
                .isGreaterThan(partials.get(0).get(0).asLong());
        assertThat(partials.get(1).get(1).asLong()).isEqualTo(3_000);
        assertThat(utterance.has("final")).isTrue();
    }

    @Test
    void letsNoTextOutOfItsPlace() {
        run(
                "evil " + EVIL + ".wav",
                says(
                        new Partial("a", EVIL, "{{script}}", EVIL, null),
                        new Final("a", EVIL + "{{data}}{{sections}}\u0007", EVIL, null, null, null),
                        new Failed("b", new ServerError(EVIL, EVIL, EVIL, null, null))));
        String html = report.html();
        assertThat(html).doesNotContain("alert(1)</script><!--", "<script>alert", "\u0007", "{{style}}");
        assertThat(html.split("<script", -1)).hasSize(3);
        assertThat(html.split("</script", -1)).hasSize(3);
        JsonNode utterance = data(html).get(0).get("utterances").get(0);
        assertThat(utterance.get("text").asString()).isEqualTo(EVIL + "{{data}}{{sections}}\u0007");
        assertThat(utterance.get("partials").get(0).get(2).asString()).isEqualTo(EVIL);
    }

    @Test
    void allowsItsOwnScriptAndStyleAndNothingElse() throws Exception {
        run("a.wav", says(new Final("a", "said", null, null, null, null)));
        run("b.wav", says(new Final("a", "said", null, null, null, null)));
        String html = report.html();
        assertThat(html).contains("href=\"#s1\">b.wav</a>", "id=\"s1\"");
        Matcher policy = Pattern.compile("http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\"")
                .matcher(html);
        assertThat(policy.find()).isTrue();
        assertThat(policy.group(1)).startsWith("default-src 'none'; ").doesNotContain("unsafe", "*", "http", "self");
        assertThat(policy.group(1)).contains("style-src '" + digest(between(html, "<style>", "</style>")) + "'");
        assertThat(policy.group(1)).contains("script-src '" + digest(between(html, "<script>", "</script>")) + "'");
        assertThat(html)
                .doesNotContainPattern("(src|href)=\"(?!data:,\"|#s\\d)")
                .doesNotContain("url(", "@import", " style=");
        assertThat(html.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http://", "https://");
    }

    private static String between(String html, String begin, String end) {
        int from = html.lastIndexOf(begin) + begin.length();
        return html.substring(from, html.indexOf(end, from));
    }

    private static String digest(String content) throws Exception {
        return "sha256-"
                + Base64.getEncoder()
                        .encodeToString(
                                MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void showsWhatThereIsOfASessionThatFailed() {
        Transcriber failing = (audio, options) -> Flux.concat(
                Flux.just(
                        new SpeechStarted("a", Duration.ZERO),
                        new Final("a", "the beginning", null, null, Duration.ZERO, Duration.ofSeconds(1)),
                        new SpeechStarted("b", Duration.ofSeconds(2)),
                        new Partial("b", "and th", "en", null, null)),
                Flux.error(new IllegalStateException("the cable <was> cut")));
        assertThatThrownBy(() -> run("a.wav", failing)).hasMessage("the cable <was> cut");
        assertThat(report.html())
                .contains(
                        "This session failed.</strong> the cable &lt;was&gt; cut",
                        "the beginning",
                        "and then",
                        "no final came",
                        "1 of 2 transcribed");
    }

    @Test
    void tellsASessionThatWasGivenUpFromOneThatEnded() {
        Flux<TranscriptionEvent> said = Flux.just(new Final("a", "said", null, null, null, null));
        report.section("left.wav", Map.of())
                .watch((audio, options) -> said.concatWith(Flux.never()))
                .transcribe(audio(1), SessionOptions.defaults())
                .blockFirst();
        assertThat(report.html()).contains(">given up<").doesNotContain(">complete<");
        HtmlReport other = new HtmlReport(Instant::now, System::nanoTime, Throwable::getMessage);
        // A stream cancels what it is of when it is closed, whether that has ended or not.
        try (Stream<TranscriptionEvent> whole = other.section("whole.wav", Map.of())
                .watch(says())
                .transcribe(audio(1), SessionOptions.defaults())
                .toStream()) {
            assertThat(whole).isEmpty();
        }
        assertThat(other.html()).contains(">complete<");
    }

    @Test
    void tellsOfWhatCouldNotEvenBegin() {
        report.section("gone.wav", Map.of()).failed(new IllegalStateException("no such file"));
        run("there.wav", says(new Final("a", "said", null, null, null, null)));
        assertThat(report.html())
                .contains(
                        "2 sessions, 3.0 s of audio, 1 failed", "no such file", "gone.wav", "there.wav", ">said</td>");
    }

    @Test
    void countsWhatWasSentAgainAndLost() {
        run(
                "a.wav",
                says(
                        new SessionReady("s1", null),
                        new Reconnected("s2", Duration.ofSeconds(2), Duration.ofMillis(500), 3, new Exception("reset")),
                        new Summary(new AudioLedger(List.of(
                                new AudioLedger.Entry(Duration.ZERO, Duration.ofSeconds(1), State.SETTLED, null),
                                new AudioLedger.Entry(
                                        Duration.ofSeconds(1), Duration.ofMillis(1_500), State.LOST, "too old"))))));
        String html = report.html();
        assertThat(html)
                .contains("1, 2.0 s sent again", "0.5 s in reconnects", "the session was lost: reset", "at attempt 3");
        JsonNode marks = data(html).get(0).get("marks");
        assertThat(marks.get(0).get("kind").asString()).isEqualTo("reconnect");
        assertThat(marks.get(1).get("words").asString()).isEqualTo("Audio lost: too old");
        assertThat(marks.get(1).get("start").asLong()).isEqualTo(1_000);
    }

    @Test
    void keepsOnlySoManyPartialsAndUtterances() {
        Flux<TranscriptionEvent> partials =
                Flux.range(0, 5_000).map(i -> new Partial("long", "", "so far " + i, null, null));
        Flux<TranscriptionEvent> finals = Flux.range(0, SessionNotes.MAX_UTTERANCES)
                .map(i -> new Final("i" + i, "t" + i, null, null, null, null));
        run(
                "long.wav",
                (audio, options) -> Flux.from(audio).thenMany(Flux.concat(finals.take(1), partials, finals.skip(1))));
        String html = report.html();
        JsonNode utterances = data(html).get(0).get("utterances");
        assertThat(utterances.size()).isEqualTo(SessionNotes.MAX_UTTERANCES);
        JsonNode kept = utterances.get(0).get("partials");
        assertThat(kept.size()).isBetween(UtteranceNotes.MAX_PARTIALS / 2, UtteranceNotes.MAX_PARTIALS);
        assertThat(kept.get(kept.size() - 1).get(3).asString()).isEqualTo("so far 4999");
        assertThat(kept.get(0).get(3).asString()).isEqualTo("so far 0");
        assertThat(kept.size() + utterances.get(0).get("leftOut").asInt()).isEqualTo(5_000);
        assertThat(html).contains("The first 1 utterances are left out");
    }

    @Test
    void takesThePlaceOfAnOlderPageAtOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("report.html"), "old");
        run("a.wav", says(new Final("a", "你好 🎉", "zh", null, null, null)));
        report.writeTo(file);
        assertThat(file)
                .content(StandardCharsets.UTF_8)
                .startsWith("<!doctype html>")
                .contains("你好 🎉");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
        assertThatThrownBy(() -> report.writeTo(folder.resolve("none/report.html")))
                .isInstanceOf(java.nio.file.NoSuchFileException.class);
    }
}
