package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.reactor.captions.Cue;
import io.qwenasr.reactor.captions.Subtitles;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.JsonNode;

/**
 * WebVTT of the library, read by the parser of a browser: by a {@code track} of a {@code video}, from a server.
 *
 * <p>Skipped as {@link BrowserTests} are.
 */
class SubtitleTrackTests {

    private static final Map<String, List<Cue>> CUES = Map.of(
            "english",
            List.of(
                    cue(0, 1_500, "Good morning, everybody."),
                    cue(1_500, 4_040, "This is the second line of the day,", "and it has two of them."),
                    cue(3_661_001, 3_662_999, "An hour later.")),
            "mandarin",
            List.of(cue(250, 2_750, "今天天气很好，", "我们去公园吧。"), cue(3_000, 4_000, "繁體中文也可以「這樣」")),
            "arabic",
            List.of(
                    cue(0, 2_000, "صباح الخير يا 3 أصدقاء!"),
                    cue(2_000, 4_000, "اللغة Java (17) جميلة", "والعربية أيضًا")),
            "emoji",
            List.of(cue(0, 1_000, "👩‍👩‍👧‍👦 ❤️ 🇩🇪 1️⃣"), cue(1_000, 2_000, "👍🏽 e\u0301 Z\u0351\u036b 𝒳")),
            "escaping",
            List.of(
                    cue(0, 1_000, "if (a < b && b > c) &amp; &lt;b&gt; &nbsp;"),
                    cue(1_000, 2_000, "<b>not bold</b> <c.red> <00:00:01.500> <i"),
                    cue(2_000, 3_000, "00:00:09.000 --> 00:00:10.000", "--> and <-- and -->"),
                    cue(3_000, 4_000, "WEBVTT", "NOTE no note", "STYLE ::cue { color: red }"),
                    cue(4_000, 5_000, "{\\an8} 100% \"quoted\" 'so' \\N")));

    private static Chromium browser;
    private static DisposableServer server;

    private static Cue cue(long start, long end, String... lines) {
        return new Cue("item", Duration.ofMillis(start), Duration.ofMillis(end), List.of(lines));
    }

    @BeforeAll
    @Timeout(Browsers.START_SECONDS)
    static void start() throws Exception {
        browser = Browsers.start(SubtitleTrackTests.class);
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.get(
                                "/{name}.vtt",
                                (request, response) -> response.header("Content-Type", "text/vtt; charset=utf-8")
                                        .sendByteArray(Mono.just(file(request.param("name")))))
                        .get(
                                "/{name}.html",
                                (request, response) -> response.header("Content-Type", "text/html; charset=utf-8")
                                        .sendString(Mono.just(
                                                "<!doctype html><link rel=\"icon\" href=\"data:,\"><video><track kind=\"subtitles\" src=\""
                                                        + request.param("name") + ".vtt\"></video>"))))
                .bindNow();
    }

    @AfterAll
    static void end() {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.disposeNow(TestApp.LIMIT);
        }
    }

    private static byte[] file(String name) {
        try (InputStream in = SubtitleTrackTests.class.getResourceAsStream("/subtitles/" + name + ".vtt")) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String written(List<Cue> cues) {
        return String.join(
                "", Subtitles.webVtt(Flux.fromIterable(cues)).collectList().block());
    }

    @ParameterizedTest
    @ValueSource(strings = {"english", "mandarin", "arabic", "emoji", "escaping"})
    void readsWhatWasWritten(String name) {
        List<Cue> cues = CUES.get(name);
        assertThat(written(cues)).isEqualTo(new String(file(name), StandardCharsets.UTF_8));

        browser.open(URI.create("http://127.0.0.1:" + server.port() + "/" + name + ".html"));
        browser.clearErrors();
        browser.evaluate("document.querySelector('track').track.mode = 'hidden'");
        browser.await("document.querySelector('track').readyState === HTMLTrackElement.LOADED");
        JsonNode read = browser.evaluate("""
                [...document.querySelector('track').track.cues].map(cue => {
                  const shown = cue.getCueAsHTML();
                  return { start: cue.startTime, end: cue.endTime, raw: cue.text, text: shown.textContent,
                      elements: shown.querySelectorAll('*').length, settings: cue.align + cue.line + cue.position };
                })""");

        List<Cue> seen = new ArrayList<>();
        for (JsonNode cue : read) {
            seen.add(cue(
                    Math.round(cue.get("start").asDouble() * 1_000),
                    Math.round(cue.get("end").asDouble() * 1_000),
                    cue.get("text").asString().split("\n")));
            assertThat(cue.get("elements").asInt()).as("markup in " + cue).isZero();
            assertThat(cue.get("settings").asString()).isEqualTo("centerautoauto");
            assertThat(cue.get("raw")
                            .asString()
                            .replace("&lt;", "<")
                            .replace("&gt;", ">")
                            .replace("&amp;", "&"))
                    .isEqualTo(cue.get("text").asString());
        }
        assertThat(seen).isEqualTo(cues);
        assertThat(browser.errors()).isEmpty();
    }
}
