package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.test.ScriptedSession;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Many pages at once, through the page's socket, the client and a server of the protocol. */
class CrowdTests {

    private static final int PAGES = 200;

    @Test
    void pagesThatVanishLeaveNothingBehind() {
        ScriptedTranscriber transcriber = ScriptedTranscriber.script()
                .utterancesOf(Duration.ofSeconds(1))
                .onEachUtterance()
                .say(heard -> "utterance " + heard.number())
                .build();
        RunningServer service = TestService.start(QwenAsrServer.builder(transcriber));
        HttpClient http = HttpClient.newHttpClient();
        try (TestApp app = TestApp.start(
                null, "--qwen.asr.endpoint=" + service.uri(), "--captions.max-sessions-per-client=" + PAGES)) {
            // What the first session starts stays: event loops, timers.
            PageClient first = PageClient.connect(http, app, "");
            first.audio(Wav.BYTES_PER_SECOND).await("final");
            first.vanish();
            app.awaitNoSessions();
            Set<String> before = threads();

            List<PageClient> pages = new ArrayList<>();
            for (int i = 0; i < PAGES; i++) {
                pages.add(PageClient.connect(http, app, ""));
            }
            pages.forEach(page -> page.audio(Wav.BYTES_PER_SECOND));
            pages.forEach(page -> page.await("final"));
            assertThat(app.openSessions()).isEqualTo(PAGES);
            assertThat(service.sessions()).isEqualTo(PAGES);

            pages.forEach(PageClient::vanish);
            app.awaitNoSessions();
            Await.until("all sessions of the service are closed", () -> service.sessions() == 0);
            Await.until(
                    "each session ended",
                    () -> transcriber.sessions().stream().allMatch(session -> session.end() != null));
            assertThat(transcriber.sessions())
                    .hasSize(PAGES + 1)
                    .extracting(ScriptedSession::end)
                    .containsOnly(ScriptedSession.End.CANCELLED);
            Await.until("no thread is left of them, beside " + before, () -> before.containsAll(threads()));
        } finally {
            TestService.stop(service);
        }
    }

    /** Without the test's own, and without the pools of the JDK, which shrink in their own time. */
    private static Set<String> threads() {
        Set<String> names = new TreeSet<>();
        Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !name.startsWith("HttpClient-") && !name.startsWith("ForkJoinPool"))
                .filter(name -> !name.startsWith("CompletableFutureDelayScheduler"))
                .forEach(names::add);
        return names;
    }
}
