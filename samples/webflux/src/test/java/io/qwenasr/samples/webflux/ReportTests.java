package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioLedger.State;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.samples.cli.report.HtmlReport;
import io.qwenasr.samples.localengine.DemoRecording;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/**
 * The page that the command line writes about sessions, opened as a file.
 *
 * <p>Skipped as {@link BrowserTests} are.
 */
class ReportTests {

    private static final List<String> SAID = List.of(
            "good morning everybody",
            "今天天气很好，我们去公园吧。",
            "صباح الخير يا 3 أصدقاء",
            "</script><img src=x onerror=alert(1)> 👩‍👩‍👧‍👦 & so on");

    private static Chromium browser;
    private static Path page;

    @BeforeAll
    @Timeout(Browsers.START_SECONDS)
    static void start() throws Exception {
        browser = Browsers.start(ReportTests.class);
        page = browser.folder().resolve("report.html");
        HtmlReport report = new HtmlReport(Instant::now, System::nanoTime, Throwable::getMessage);
        transcribe(
                report,
                "good day.wav",
                Flux.fromIterable(SAID)
                        .index()
                        .concatMap(said -> utterance(said.getT1(), said.getT2()))
                        .startWith(new SessionReady("s", "qwen3-asr-flash-realtime")));
        assertThatThrownBy(() -> transcribe(
                        report,
                        "<bad> day.wav",
                        Flux.concat(
                                utterance(0, "before"),
                                Flux.just(
                                        new Reconnected(
                                                "s2",
                                                Duration.ofSeconds(2),
                                                Duration.ofSeconds(1),
                                                2,
                                                new Exception("reset")),
                                        new SpeechStarted("open", Duration.ofSeconds(9)),
                                        new Partial("open", "and never", " to en", "en", null),
                                        new Summary(new AudioLedger(List.of(
                                                new AudioLedger.Entry(
                                                        Duration.ZERO, Duration.ofSeconds(5), State.SETTLED, null),
                                                new AudioLedger.Entry(
                                                        Duration.ofSeconds(5),
                                                        Duration.ofSeconds(6),
                                                        State.LOST,
                                                        "not kept"))))),
                                Flux.error(new IllegalStateException("the cable was cut")))))
                .hasMessage("the cable was cut");
        report.writeTo(page);
    }

    private static void transcribe(HtmlReport report, String name, Flux<TranscriptionEvent> events) {
        Transcriber scripted = (audio, options) -> Flux.from(audio).thenMany(events);
        report.section(name, Map.of("Pace", "as fast as taken"))
                .watch(scripted)
                .transcribe(
                        AudioSources.stream(() -> new ByteArrayInputStream(DemoRecording.wav()), AudioFormat.PCM_16K)
                                .map(AudioSignal::chunk),
                        SessionOptions.defaults())
                .blockLast();
    }

    private static Flux<TranscriptionEvent> utterance(long number, String text) {
        String item = "item" + number;
        Duration start = Duration.ofSeconds(1 + 3 * number);
        int half = text.offsetByCodePoints(0, text.codePointCount(0, text.length()) / 2);
        return Flux.just(
                new SpeechStarted(item, start),
                new Partial(item, "", text.substring(0, half), null, null),
                new Partial(item, text.substring(0, half), text.substring(half), null, null),
                new Final(item, text, null, null, start, start.plusMillis(2_200)));
    }

    @AfterAll
    static void end() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void openReport() {
        browser.size(1280, 860, 1);
        browser.dark(false);
        browser.open(java.net.URI.create("about:blank"));
        browser.clearErrors();
        browser.open(page.toUri());
    }

    @Test
    void asksForNothingAndComplainsOfNothing() throws Exception {
        browser.await("document.querySelectorAll('[data-testid=region]').length > 0");
        browser.evaluate("document.querySelector('[data-testid=region]').click()");
        browser.screenshot(Browsers.SCREENSHOTS.resolve("report-light.png"), true);
        browser.dark(true);
        browser.screenshot(Browsers.SCREENSHOTS.resolve("report-dark.png"), true);
        browser.dark(false);
        browser.size(390, 844, 2);
        browser.await("document.documentElement.scrollWidth <= innerWidth");
        browser.screenshot(Browsers.SCREENSHOTS.resolve("report-phone.png"), true);
        assertThat(browser.requests())
                .filteredOn(url -> !url.startsWith("data:"))
                .containsExactly(page.toUri().toString());
        assertThat(browser.errors()).isEmpty();
    }

    /** Its policy holds: what a script would fetch or add is refused. */
    @Test
    void refusesToReachTheNetwork() {
        assertThat(browser.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', e => e.name)")
                        .asString())
                .isEqualTo("TypeError");
        Await.until(
                "the browser tells of the refusal",
                () -> browser.errors().stream().anyMatch(error -> error.contains("Content Security Policy")));
        assertThat(browser.evaluate(
                                "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
                                        + " document.body.append(s); return window.ran === undefined; })()")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void tellsTheStoryOfTheUtteranceThatIsChosen() {
        assertThat(browser.texts("utterance")).hasSize(SAID.size() + 2);
        assertThat(browser.evaluate("document.querySelectorAll('[data-testid=region]').length")
                        .asInt())
                .isEqualTo(SAID.size() + 2);
        browser.evaluate("document.querySelectorAll('[data-testid=region]')[3].click()");
        assertThat(browser.text("detail")).contains(SAID.get(3), "first partial after", "after the end of speech");
        assertThat(browser.texts("partial")).hasSize(2).last().asString().endsWith(SAID.get(3));
        assertThat(browser.evaluate("document.querySelectorAll('[aria-selected=true]').length")
                        .asInt())
                .isOne();
        assertThat(browser.evaluate("document.getElementById('s0u3').getAttribute('aria-selected')")
                        .asString())
                .isEqualTo("true");
        browser.evaluate("document.getElementById('s0u1').click()");
        assertThat(browser.text("detail")).contains(SAID.get(1));
        assertThat(browser.evaluate("document.querySelectorAll('[data-testid=dot-final]').length")
                        .asInt())
                .isEqualTo(SAID.size() + 1);
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void showsASessionThatFailedAsFarAsItWent() {
        assertThat(browser.texts("end")).containsExactly("complete", "failed");
        assertThat(browser.text("failure")).contains("the cable was cut");
        browser.evaluate("document.getElementById('s1u1').click()");
        assertThat(browser.texts("partial")).last().asString().contains("and never to en");
        assertThat(browser.evaluate("[...document.querySelectorAll('.mark')].map(m => m.className + ': ' + m.title)")
                        .valueStream()
                        .map(node -> node.asString()))
                .containsExactly("mark reconnect: Session lost and resumed: reset", "mark lost: Audio lost: not kept");
    }
}
