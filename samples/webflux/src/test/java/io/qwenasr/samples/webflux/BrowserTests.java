package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.test.FaultProxy;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import io.qwenasr.samples.localengine.DemoRecording;
import io.qwenasr.samples.localengine.WordErrorRate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.web.server.PortInUseException;
import tools.jackson.databind.JsonNode;

/**
 * The page in a real browser whose microphone plays the demo recording.
 *
 * <p>Skipped where there is no Chromium, unless the environment says REQUIRE_CHROMIUM, as CI does. Screenshots are in
 * {@code target/screenshots}.
 */
class BrowserTests {

    private static final double MAX_ERROR_RATE = 0.10;
    private static final int PIECE_BYTES = 40 * Wav.BYTES_PER_SECOND / 1_000;

    private static Path folder;
    private static Chromium browser;

    @BeforeAll
    @Timeout(Browsers.START_SECONDS)
    static void startBrowser() throws Exception {
        browser = Browsers.start(BrowserTests.class);
        folder = browser.folder();
    }

    @BeforeEach
    void emptyPage() {
        browser.open(URI.create("about:blank"));
        browser.size(1280, 860, 1);
        browser.clearErrors();
    }

    @AfterAll
    static void endBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    private void screenshot(String name) throws IOException {
        browser.screenshot(Browsers.SCREENSHOTS.resolve(name + ".png"), false);
    }

    private static double errorRate(List<String> finals) {
        return WordErrorRate.of(DemoRecording.script(), String.join(" ", finals))
                .rate();
    }

    /** The recording is played over and over: the sentences of a turn that was understood. */
    private static Optional<List<String>> understood() {
        int sentences = DemoRecording.sentences().size();
        List<String> finals = browser.texts("final");
        return IntStream.rangeClosed(0, finals.size() - sentences)
                .mapToObj(first -> finals.subList(first, first + sentences))
                .filter(turn -> errorRate(turn) <= MAX_ERROR_RATE)
                .findFirst();
    }

    private static List<String> awaitUnderstood() {
        try {
            Await.until(
                    "the recording is understood",
                    Duration.ofSeconds(90),
                    () -> understood().isPresent());
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + ", in: " + browser.texts("final"), late);
        }
        return understood().orElseThrow();
    }

    /** Page, socket, client, protocol, server, engine: nothing is made up but the microphone. */
    @Test
    @Timeout(240)
    void showsWhatIsSaidIntoTheMicrophone() throws Exception {
        try (TestApp app = TestApp.start(null)) {
            browser.open(app.http("/"));
            browser.awaitState("idle");
            screenshot("idle");
            browser.click("start");
            browser.awaitState("listening");
            browser.await("document.querySelector('.confirmed').textContent.trim() !== ''"
                    + " && document.querySelector('.tentative').textContent.trim() !== ''"
                    + " && document.querySelector('[data-testid=speech]').dataset.speech === 'on'");
            screenshot("speaking");
            List<String> finals = awaitUnderstood();
            int sentences = finals.size();
            browser.click("stop");
            browser.awaitState("done");

            assertThat(browser.text("partial")).isEmpty();
            assertThat(Integer.parseInt(browser.attribute("latency", "data-count")))
                    .isGreaterThanOrEqualTo(sentences);
            String srt = browser.evaluate("new Promise(resolve => { const url = URL.createObjectURL;"
                            + " URL.createObjectURL = blob => { blob.text().then(resolve); return url(blob); };"
                            + " document.querySelector('[data-testid=download-srt]').click(); })")
                    .asString();
            assertThat(srt).startsWith("1\r\n00:00:0").contains(" --> ", finals.get(0), finals.get(sentences - 1));
            screenshot("done");
            browser.dark(true);
            browser.screenshot(Browsers.SCREENSHOTS.resolve("dark.png"), true);
            browser.dark(false);
            browser.size(390, 844, 2);
            screenshot("phone");
            assertThat(browser.errors()).isEmpty();
            app.awaitNoSessions();
        }
    }

    @Test
    void transcribesAFile() throws Exception {
        int seconds = 40;
        ScriptedTranscriber service = aTextEachSecond();
        try (TestApp app = TestApp.start(service)) {
            browser.open(app.http("/"));
            browser.chooseFile("upload", Files.write(folder.resolve("call.wav"), Wav.seconds(seconds)));
            browser.awaitState("done");
            assertThat(browser.texts("final")).hasSize(seconds).contains("utterance 1", "utterance " + seconds);
            assertThat(browser.texts("final-time"))
                    .isEqualTo(IntStream.range(0, seconds)
                            .mapToObj("0:%02d"::formatted)
                            .toList());
            assertThat(service.sessions().get(0).bytes()).isEqualTo((long) seconds * Wav.BYTES_PER_SECOND);

            browser.chooseFile("upload", Files.writeString(folder.resolve("notes.txt"), "this is no audio ".repeat(9)));
            browser.awaitState("failed");
            assertThat(notice()).contains("not an audio file", "allowed are WAV, AIFF and AU");
            assertThat(browser.texts("final")).as("what was there stays").hasSize(seconds);
            assertThat(browser.errors()).isEmpty();
            app.awaitNoSessions();
        }
    }

    private static String notice() {
        return browser.evaluate("document.getElementById('notice').textContent").asString();
    }

    /** Keeps what only shows for a moment: each notice, and how many pieces the microphone gave until which event. */
    private static void watchThePage() {
        browser.evaluate("""
                (() => {
                  const notices = window.notices = [];
                  new MutationObserver(changes => changes.forEach(change =>
                      change.addedNodes.forEach(node => notices.push(node.textContent))))
                      .observe(document.getElementById('notice'), { childList: true });
                  window.pieces = 0;
                  window.AudioWorkletNode = class extends AudioWorkletNode {
                    constructor(...how) {
                      super(...how);
                      this.port.addEventListener('message', ({ data }) => { window.pieces += data.pcm ? 1 : 0; });
                    }
                  };
                  const state = document.querySelector('[data-testid=state]');
                  new MutationObserver(() => {
                    if (state.dataset.state === 'reconnecting') {
                      window.piecesAtLoss ??= window.pieces;
                    }
                  }).observe(state, { attributes: true });
                })()""");
    }

    private static void awaitNotice(String beginning) {
        browser.await("notices.some(notice => notice.startsWith('" + beginning + "'))");
    }

    /** Whoever got the port meanwhile may have it for a while. */
    private static TestApp startAgain(ScriptedTranscriber service, int port) {
        TestApp[] started = new TestApp[1];
        Await.until("port " + port + " is free", () -> {
            try {
                started[0] = TestApp.start(service, "--server.port=" + port);
            } catch (RuntimeException e) {
                if (Stream.iterate((Throwable) e, Objects::nonNull, Throwable::getCause)
                        .noneMatch(PortInUseException.class::isInstance)) {
                    throw e;
                }
            }
            return started[0] != null;
        });
        return started[0];
    }

    /** Each second of the audio has its text, once: a session took up where the last result of the other one ended. */
    private static void assertEachSecondHasItsText() {
        List<Long> positions = browser.evaluate(
                        "[...document.querySelectorAll('#transcript [data-position]')].map(e => e.dataset.position)")
                .valueStream()
                .map(position -> Long.valueOf(position.asString()))
                .toList();
        assertThat(positions)
                .isEqualTo(LongStream.range(0, positions.size())
                        .mapToObj(second -> second * 1_000)
                        .toList());
    }

    @Test
    void goesOnWhenTheServerWasAway() throws Exception {
        ScriptedTranscriber service = aTextEachSecond();
        int port;
        long spoken;
        try (TestApp app = TestApp.start(service)) {
            port = app.port();
            browser.open(app.http("/"));
            watchThePage();
            browser.click("start");
            browser.await("document.querySelectorAll('[data-testid=final]').length >= 2");
        }
        browser.awaitState("reconnecting");
        awaitNotice("The connection to the server is lost");
        assertThat(browser.text("speech")).isEqualTo("Kept for later");
        screenshot("reconnecting");
        int before = browser.texts("final").size();
        browser.await("pieces > piecesAtLoss");
        try (TestApp app = startAgain(service, port)) {
            awaitNotice("Connected again. Nothing you said was lost");
            browser.await("document.querySelectorAll('[data-testid=final]').length > " + before);
            spoken = browser.evaluate("pieces - piecesAtLoss").asLong();
            browser.click("stop");
            browser.awaitState("done");
            app.awaitNoSessions();
        }
        assertThat(service.sessions()).hasSize(2);
        assertThat(service.sessions().get(1).bytes())
                .as("what was said while the server was away, and since then")
                .isGreaterThanOrEqualTo(spoken * PIECE_BYTES);
        assertEachSecondHasItsText();
    }

    @Test
    void sendsOnlyWhatIsSaidWhileTheButtonIsHeld() throws Exception {
        ScriptedTranscriber service = ScriptedTranscriber.finals("by mouse", "by keyboard");
        try (TestApp app = TestApp.start(service)) {
            browser.open(app.http("/"));
            browser.choose("mode", "manual");
            browser.press("push-to-talk");
            browser.awaitState("listening");
            browser.await("document.querySelector('[data-testid=push-to-talk]').ariaPressed === 'true'");
            Await.until("audio arrives", () -> service.sessions().get(0).bytes() > 16_000);
            assertThat(browser.text("speech")).isEqualTo("Sending");
            screenshot("push-to-talk");
            browser.release("push-to-talk");
            browser.await("document.querySelectorAll('[data-testid=final]').length === 1");
            long quiet = service.sessions().get(0).bytes();
            assertThat(browser.text("speech")).isEqualTo("Not sending");

            browser.key("keyDown", " ", "Space", 32);
            Await.until("more audio arrives", () -> service.sessions().get(0).bytes() > quiet + 16_000);
            browser.key("keyUp", " ", "Space", 32);
            browser.await("document.querySelectorAll('[data-testid=final]').length === 2");
            browser.click("stop");
            browser.awaitState("done");

            assertThat(browser.texts("final")).containsExactly("by mouse", "by keyboard");
            assertThat(service.sessions()).hasSize(1);
            assertThat(service.sessions().get(0).commits()).isEqualTo(2);
            assertThat(browser.errors()).isEmpty();
        }
    }

    /** As while the browser asks for permission: the microphone opens when the test lets it. */
    private static void holdBackTheMicrophone() {
        browser.evaluate("(() => { const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
                + " navigator.mediaDevices.getUserMedia = wanted => new Promise((resolve, reject) => {"
                + " window.letIn = () => open(wanted).then(stream => { window.stream = stream; resolve(stream); }, reject);"
                + " }); })()");
    }

    private static void letTheMicrophoneIn() {
        browser.await("!!window.letIn");
        browser.evaluate("window.letIn()");
        browser.await("!!window.stream");
    }

    @Test
    void sendsNothingIfTheButtonIsLetGoBeforeTheMicrophoneIsOpen() throws Exception {
        ScriptedTranscriber service = ScriptedTranscriber.finals("held again");
        try (TestApp app = TestApp.start(service)) {
            browser.open(app.http("/"));
            browser.choose("mode", "manual");
            holdBackTheMicrophone();
            browser.press("push-to-talk");
            browser.release("push-to-talk");
            letTheMicrophoneIn();
            browser.awaitState("listening");
            assertThat(browser.attribute("push-to-talk", "aria-pressed")).isEqualTo("false");
            assertThat(browser.text("speech")).isEqualTo("Not sending");

            browser.press("push-to-talk");
            Await.until("audio arrives", () -> service.sessions().get(0).bytes() > 16_000);
            browser.release("push-to-talk");
            browser.await("document.querySelectorAll('[data-testid=final]').length === 1");
            long heldFor = service.sessions().get(0).bytes();
            browser.click("stop");
            browser.awaitState("done");
            assertThat(service.sessions().get(0).bytes()).isEqualTo(heldFor);
            assertThat(browser.errors()).isEmpty();
        }
    }

    @Test
    void theSpaceBarTalksAfterStartWasPressed() throws Exception {
        ScriptedTranscriber service = ScriptedTranscriber.finals("by the space bar");
        try (TestApp app = TestApp.start(service)) {
            browser.open(app.http("/"));
            browser.choose("mode", "manual");
            browser.evaluate("document.querySelector('[data-testid=start]').focus()");
            browser.click("start");
            browser.awaitState("listening");
            browser.key("keyDown", " ", "Space", 32);
            Await.until("audio arrives", () -> service.sessions().get(0).bytes() > 16_000);
            // Whatever has the focus by now, the key that is let go ends the talking.
            browser.evaluate("document.querySelector('[data-testid=stop]').focus()");
            browser.key("keyUp", " ", "Space", 32);
            browser.await("document.querySelectorAll('[data-testid=final]').length === 1");
            assertThat(browser.attribute("state", "data-state")).isEqualTo("listening");
            browser.click("stop");
            browser.awaitState("done");
        }
    }

    @Test
    void stopsWhileTheMicrophoneIsBeingOpened() throws Exception {
        ScriptedTranscriber service = aTextEachSecond();
        try (TestApp app = TestApp.start(service)) {
            browser.open(app.http("/"));
            browser.awaitState("idle");
            holdBackTheMicrophone();
            browser.click("start");
            browser.awaitState("connecting");
            browser.click("stop");
            browser.awaitState("idle");
            letTheMicrophoneIn();
            browser.await("window.stream.getAudioTracks()[0].readyState === 'ended'");
            assertThat(browser.attribute("state", "data-state")).isEqualTo("idle");
            assertThat(service.sessions()).isEmpty();
            assertThat(browser.errors()).isEmpty();
        }
    }

    @Test
    void endsAtOnceForWhoStopsTwice() throws Exception {
        ScriptedTranscriber service =
                ScriptedTranscriber.script().atEnd().hang().build();
        try (TestApp app = TestApp.start(service)) {
            browser.open(app.http("/"));
            browser.click("start");
            browser.awaitState("listening");
            browser.click("stop");
            browser.awaitState("finishing");
            assertThat(browser.text("stop")).isEqualTo("End now");
            browser.click("stop");
            browser.awaitState("done");
            assertThat(notice()).startsWith("Ended at once");
            app.awaitNoSessions();
            assertThat(browser.errors()).isEmpty();
        }
    }

    /** The link is dead and nobody says so: what was spoken into it is sent again. */
    @Test
    void noticesALinkThatIsGoneWithoutAWord() throws Exception {
        ScriptedTranscriber service = aTextEachSecond();
        try (TestApp app = TestApp.start(service);
                FaultProxy proxy =
                        FaultProxy.builder(Endpoint.of(app.ws("/").toString())).start()) {
            browser.open(URI.create("http://127.0.0.1:" + proxy.endpoint().uri().getPort() + "/"));
            watchThePage();
            browser.click("start");
            browser.await("document.querySelectorAll('[data-testid=final]').length >= 2");
            proxy.halfOpenAll();
            awaitNotice("The connection to the server is lost");
            awaitNotice("Connected again. Nothing you said was lost");
            int before = browser.texts("final").size();
            browser.await("document.querySelectorAll('[data-testid=final]').length > " + before + " + 9");
            browser.click("stop");
            browser.awaitState("done");
            assertEachSecondHasItsText();
        }
    }

    @Test
    void refusesAnEmptyFile() throws Exception {
        ScriptedTranscriber service = aTextEachSecond();
        try (TestApp app = TestApp.start(service)) {
            browser.open(app.http("/"));
            browser.awaitState("idle");
            browser.chooseFile("upload", Files.write(folder.resolve("empty.wav"), new byte[0]));
            browser.awaitState("failed");
            assertThat(notice()).isEqualTo("empty.wav is empty.");
            assertThat(service.sessions()).isEmpty();
            assertThat(browser.errors()).isEmpty();
        }
    }

    @Test
    void saysWhyItIsRefusedWhileItTriesAgain() throws Exception {
        try (TestApp app = TestApp.start(aTextEachSecond(), "--captions.max-sessions=1")) {
            PageClient other = PageClient.connect(HttpClient.newHttpClient(), app, "");
            other.await("session_ready");
            browser.open(app.http("/"));
            browser.click("start");
            browser.awaitState("reconnecting");
            browser.await("document.getElementById('notice').textContent.endsWith('Trying again…')");
            assertThat(notice()).doesNotContain("connection to the server is lost");
            other.leave();
            browser.awaitState("listening");
            browser.click("stop");
            browser.awaitState("done");
        }
    }

    @Test
    void isUsableByKeyboardAndScreenReader() throws Exception {
        try (TestApp app = TestApp.start(aTextEachSecond())) {
            browser.open(app.http("/"));
            browser.awaitState("idle");
            JsonNode nameless = browser.evaluate("""
                    [...document.querySelectorAll('button, select, input, [role=meter], section, figure')]
                        .filter(e => !e.closest('[hidden]'))
                        .filter(e => !e.textContent.trim() && !e.getAttribute('aria-label')
                            && !e.getAttribute('aria-labelledby') && !e.labels?.length)
                        .map(e => e.outerHTML)""");
            assertThat(nameless.size()).as(nameless.toString()).isZero();
            assertThat(browser.evaluate("document.getElementById('transcript').getAttribute('aria-live')")
                            .asString())
                    .isEqualTo("polite");

            browser.evaluate("document.querySelector('[data-testid=start]').focus()");
            browser.key("keyDown", "Enter", "Enter", 13);
            browser.key("keyUp", "Enter", "Enter", 13);
            browser.await("document.querySelectorAll('[data-testid=final]').length >= 1");
            assertThat(browser.evaluate("document.activeElement.dataset.testid").asString())
                    .isEqualTo("stop");
            browser.key("keyDown", "Enter", "Enter", 13);
            browser.key("keyUp", "Enter", "Enter", 13);
            browser.awaitState("done");
            assertThat(browser.errors()).isEmpty();
        }
    }

    @Test
    void fitsAPhone() throws Exception {
        try (TestApp app = TestApp.start(aTextEachSecond())) {
            browser.size(360, 740, 2);
            browser.open(app.http("/"));
            browser.awaitState("idle");
            assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                            .asBoolean())
                    .isTrue();
            browser.choose("mode", "manual");
            screenshot("phone-manual");
            assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                            .asBoolean())
                    .isTrue();
        }
    }

    /** The tone that fits comes through unchanged; the one above 8 kHz, which would fold back to 4 kHz, does not. */
    @Test
    void resamplesWithoutFoldingBack() throws Exception {
        try (TestApp app = TestApp.start(aTextEachSecond())) {
            browser.open(app.http("/"));
            for (int rate : new int[] {48_000, 44_100, 96_000, 8_000}) {
                JsonNode result = browser.evaluate("""
                        import('./resampler.js').then(({ Resampler }) => {
                          const through = hz => {
                            const resampler = new Resampler(%1$d, 16000);
                            const out = [];
                            for (let at = 0; at < %1$d; at += 128) {
                              out.push(...resampler.process(Float32Array.from({ length: 128 },
                                  (_, i) => 0.5 * Math.sin(2 * Math.PI * hz * (at + i) / %1$d))));
                            }
                            return out;
                          };
                          const rms = all => Math.sqrt(all.reduce((sum, x) => sum + x * x, 0) / all.length);
                          const tone = through(1000);
                          const wrong = tone.slice(200).map((x, i) => x - 0.5 * Math.sin(2 * Math.PI * 1000 * (200 + i) / 16000));
                          return [tone.length, rms(wrong) / 0.3536, rms(through(12000).slice(200)) / 0.3536];
                        })""".formatted(rate));
                assertThat(result.get(0).asInt()).as("samples at " + rate).isBetween(15_900, 16_100);
                assertThat(result.get(1).asDouble())
                        .as("error of 1 kHz at " + rate)
                        .isLessThan(0.001);
                if (rate > 32_000) {
                    assertThat(result.get(2).asDouble()).as("12 kHz at " + rate).isLessThan(0.001);
                }
            }
        }
    }

    private static ScriptedTranscriber aTextEachSecond() {
        return ScriptedTranscriber.script()
                .utterancesOf(Duration.ofSeconds(1))
                .onEachUtterance()
                .say(heard -> "utterance " + heard.number())
                .withoutSignals()
                .build();
    }
}
