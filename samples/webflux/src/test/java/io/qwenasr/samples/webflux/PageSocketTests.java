package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qwenasr.ConnectionClosedException;
import io.qwenasr.SessionPhase;
import io.qwenasr.reactor.test.ScriptedSession;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** {@code /ws/transcriptions}, as the page uses it. */
class PageSocketTests {

    private static final int SECOND = Wav.BYTES_PER_SECOND;

    private final HttpClient http = HttpClient.newHttpClient();

    private static ScriptedSession session(ScriptedTranscriber service, int number) {
        Await.until("session " + number + " has begun", () -> service.sessions().size() >= number);
        return service.sessions().get(number - 1);
    }

    private static ScriptedTranscriber aTextEachSecond() {
        return ScriptedTranscriber.script()
                .utterancesOf(Duration.ofSeconds(1))
                .onEachUtterance()
                .say(heard -> "utterance " + heard.number())
                .build();
    }

    private static void sendSeconds(PageClient page, int seconds) {
        for (int tenth = 0; tenth < 10 * seconds; tenth++) {
            page.audio(SECOND / 10);
        }
    }

    @Test
    void showsCaptionsAndEnds() {
        ScriptedTranscriber service = aTextEachSecond();
        try (TestApp app = TestApp.start(service)) {
            PageClient page = PageClient.connect(http, app, "?source=microphone&mode=vad&language=en");
            sendSeconds(page, 1);
            assertThat(page.await("partial")).containsKeys("item_id", "text", "stash");
            assertThat(page.await("final"))
                    .containsEntry("transcript", "utterance 1")
                    .containsEntry("start_ms", 0)
                    .containsEntry("end_ms", 1000);
            sendSeconds(page, 1);
            page.command("finish");
            page.await("done");

            assertThat(page.awaitClose()).isEqualTo(1000);
            assertThat(page.all("final")).hasSize(2);
            assertThat(session(service, 1).options().language()).isEqualTo("en");
            assertThat(session(service, 1).end()).isEqualTo(ScriptedSession.End.COMPLETED);
            app.awaitNoSessions();
        }
    }

    @Test
    void thePageEndsTheUtterancesInManualMode() {
        ScriptedTranscriber service = ScriptedTranscriber.finals("first", "second");
        try (TestApp app = TestApp.start(service)) {
            PageClient page = PageClient.connect(http, app, "?mode=manual");
            page.await("session_ready");
            page.audio(SECOND).command("commit");
            assertThat(page.await("final")).containsEntry("transcript", "first");
            page.audio(SECOND).command("commit").command("finish");

            assertThat(page.awaitClose()).isEqualTo(1000);
            assertThat(page.all("final"))
                    .extracting(event -> event.get("transcript"))
                    .containsExactly("first", "second");
            assertThat(session(service, 1).commits()).isEqualTo(2);
        }
    }

    @Test
    void refusesCommandsThatMakeNoSense() {
        try (TestApp app = TestApp.start(aTextEachSecond())) {
            PageClient commit = PageClient.connect(http, app, "?mode=vad");
            commit.command("commit");
            assertThat(commit.await("session_failed")).containsEntry("status", 400);
            assertThat(commit.awaitClose()).isEqualTo(1008);

            PageClient mode = PageClient.connect(http, app, "?mode=karaoke");
            assertThat(mode.await("session_failed")).containsEntry("message", "mode must be vad or manual");
            assertThat(mode.awaitClose()).isEqualTo(1008);
            app.awaitNoSessions();
        }
    }

    @Test
    void tellsEachSecondHowMuchItHasHeard() {
        try (TestApp app = TestApp.start(aTextEachSecond())) {
            PageClient page = PageClient.connect(http, app, "");
            page.audio(SECOND - 2).audio(2);
            assertThat(page.await("heard")).containsEntry("heard_ms", 1000);
            sendSeconds(page, 2);
            page.command("finish");
            page.awaitClose();
            assertThat(page.all("heard")).hasSizeBetween(2, 3);
        }
    }

    @Test
    void refusesFramesWithNextToNothingInThem() {
        try (TestApp app = TestApp.start(aTextEachSecond())) {
            for (String source : List.of("?source=microphone", "?source=file")) {
                PageClient page = PageClient.connect(http, app, source);
                if (source.endsWith("file")) {
                    page.await("credit");
                }
                byte[] recording = Wav.seconds(1);
                for (int i = 0; i < 1_001; i++) {
                    page.send(ByteBuffer.wrap(recording, 2 * i, 2));
                }
                assertThat(page.await("session_failed")).containsEntry("status", 400);
                assertThat(page.awaitClose()).isEqualTo(1008);
            }
            app.awaitNoSessions();
        }
    }

    @Test
    void tellsOfALostServiceAndGoesOn() {
        ScriptedTranscriber service = ScriptedTranscriber.inTurn(
                ScriptedTranscriber.script()
                        .at(Duration.ofMillis(500))
                        .fail(new ConnectionClosedException(1006, "", SessionPhase.STREAMING, null, null))
                        .build(),
                aTextEachSecond());
        try (TestApp app = TestApp.start(service)) {
            PageClient page = PageClient.connect(http, app, "");
            sendSeconds(page, 1);
            page.await("interrupted");
            assertThat(page.await("reconnected")).containsEntry("lost_ms", 0);
            page.command("finish");

            assertThat(page.awaitClose()).isEqualTo(1000);
            assertThat(page.types())
                    .containsSubsequence("session_ready", "interrupted", "reconnected", "final", "summary", "done");
            assertThat(session(service, 2).bytes()).isEqualTo(SECOND);
        }
    }

    @Test
    void tellsAtTheEndThatTheServiceDoesNotComeBack() {
        ScriptedTranscriber service = ScriptedTranscriber.script()
                .atStart()
                .fail(new ConnectionClosedException(1006, "", SessionPhase.STREAMING, null, null))
                .build();
        try (TestApp app = TestApp.start(service)) {
            PageClient page = PageClient.connect(http, app, "");
            page.audio(SECOND);
            assertThat(page.await("session_failed")).containsEntry("retryable", true);
            assertThat(page.awaitClose()).isEqualTo(1013);
            app.awaitNoSessions();
        }
    }

    @Test
    void aPageThatIsGoneEndsTheSessionAtOnce() {
        ScriptedTranscriber service = aTextEachSecond();
        try (TestApp app = TestApp.start(service)) {
            PageClient crashes = PageClient.connect(http, app, "");
            sendSeconds(crashes, 1);
            crashes.await("final");
            crashes.vanish();
            assertThat(session(service, 1).whenEnded().block(TestApp.LIMIT)).isEqualTo(ScriptedSession.End.CANCELLED);

            PageClient leaves = PageClient.connect(http, app, "");
            sendSeconds(leaves, 1);
            leaves.await("final");
            leaves.leave();
            assertThat(session(service, 2).whenEnded().block(TestApp.LIMIT)).isEqualTo(ScriptedSession.End.CANCELLED);
            app.awaitNoSessions();
        }
    }

    @Test
    void aPageThatIsGoneIsSeenThoughTheServiceHangs() {
        ScriptedTranscriber service =
                ScriptedTranscriber.script().atStart().stopListening().build();
        try (TestApp app = TestApp.start(service)) {
            PageClient upload = PageClient.connect(http, app, "?source=file");
            upload.await("credit");
            upload.send(ByteBuffer.wrap(Wav.seconds(1)));
            upload.await("session_ready");
            upload.vanish();
            assertThat(session(service, 1).whenEnded().block(TestApp.LIMIT)).isEqualTo(ScriptedSession.End.CANCELLED);
            app.awaitNoSessions();
        }
    }

    /** As when a notebook is closed: the connection stands, and nobody is there to answer a ping. */
    @Test
    void aPageThatGivesNoSignOfLifeIsGone() throws Exception {
        ScriptedTranscriber service = aTextEachSecond();
        try (TestApp app = TestApp.start(service, "--captions.page-timeout=6s");
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), app.port())) {
            PageClient alive = PageClient.connect(http, app, "");
            alive.await("session_ready");
            silent.getOutputStream().write("""
                    GET /ws/transcriptions HTTP/1.1\r
                    Host: 127.0.0.1\r
                    Connection: Upgrade\r
                    Upgrade: websocket\r
                    Sec-WebSocket-Version: 13\r
                    Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
                    \r
                    """.getBytes(StandardCharsets.US_ASCII));
            assertThat(session(service, 2).whenEnded().block(TestApp.LIMIT)).isEqualTo(ScriptedSession.End.CANCELLED);
            Await.until("its place is free", () -> app.openSessions() == 1);

            // The other one said nothing either, but answered.
            alive.audio(SECOND).command("finish");
            assertThat(alive.awaitClose()).isEqualTo(1000);
            assertThat(alive.all("final")).hasSize(1);
            app.awaitNoSessions();
        }
    }

    /** The last results are still to come then, and nothing more is expected of the page. */
    @Test
    void aPageThatIsGoneAfterItsAudioEndsTheSessionToo() {
        ScriptedTranscriber service = ScriptedTranscriber.script().hang().build();
        try (TestApp app = TestApp.start(service)) {
            PageClient page = PageClient.connect(http, app, "");
            page.audio(SECOND).command("finish");
            Await.until("the audio is complete", () -> session(service, 1).isAudioComplete());
            page.vanish();
            assertThat(session(service, 1).whenEnded().block(TestApp.LIMIT)).isEqualTo(ScriptedSession.End.CANCELLED);
            app.awaitNoSessions();
        }
    }

    @Test
    void takesOfAFileAsMuchAsTheServiceDoes() {
        int seconds = 40;
        byte[] file = Wav.seconds(seconds);
        ScriptedTranscriber service = aTextEachSecond();
        try (TestApp app = TestApp.start(service)) {
            PageClient page = PageClient.connect(http, app, "?source=file");
            int sent = 0;
            while (sent < file.length) {
                int from = sent;
                Await.until("there is credit beyond " + from, () -> credit(page) > from);
                int to = (int) Math.min(Math.min(file.length, credit(page)), sent + 32_768L);
                page.send(ByteBuffer.wrap(file, sent, to - sent));
                sent = to;
            }
            page.command("finish");

            assertThat(page.awaitClose()).isEqualTo(1000);
            assertThat(page.all("final")).hasSize(seconds);
            assertThat(session(service, 1).bytes()).isEqualTo((long) seconds * SECOND);
        }
    }

    private static long credit(PageClient page) {
        return page.all("credit").stream()
                .mapToLong(event -> ((Number) event.get("bytes")).longValue())
                .sum();
    }

    @Test
    void refusesMoreOfAFileThanThereIsCreditFor() {
        ScriptedTranscriber service =
                ScriptedTranscriber.script().atStart().stopListening().build();
        try (TestApp app = TestApp.start(service)) {
            PageClient page = PageClient.connect(http, app, "?source=file");
            page.await("credit");
            page.send(ByteBuffer.wrap(Wav.openHeader()));
            sendMinutes(page, 3);
            assertThat(page.await("session_failed")).containsEntry("status", 400);
            assertThat(page.awaitClose()).isEqualTo(1008);
            app.awaitNoSessions();
        }
    }

    /** More than is kept for a service that does not listen, unless the server has had enough before. */
    private static void sendMinutes(PageClient page, int minutes) {
        try {
            for (int second = 0; second < 60 * minutes; second++) {
                page.audio(SECOND);
            }
        } catch (CompletionException closed) {
            assertThat(page.await("session_failed")).isNotNull();
        }
    }

    @Test
    void tellsThatAFileIsNoAudio() {
        try (TestApp app = TestApp.start(aTextEachSecond())) {
            PageClient page = PageClient.connect(http, app, "?source=file");
            page.await("credit");
            page.audio(SECOND).command("finish");
            assertThat(page.await("session_failed")).containsEntry("status", 415);
            assertThat(page.awaitClose()).isEqualTo(1008);
        }
    }

    @Test
    void limitsSessionsAndTheirAudio() {
        try (TestApp app =
                TestApp.start(aTextEachSecond(), "--captions.max-sessions=1", "--captions.max-audio=100KB")) {
            PageClient first = PageClient.connect(http, app, "");
            first.await("session_ready");
            PageClient second = PageClient.connect(http, app, "");
            Map<String, Object> refused = second.await("session_failed");
            assertThat(refused).containsEntry("status", 429).containsEntry("retryable", true);
            assertThat(second.awaitClose()).isEqualTo(1013);

            sendSeconds(first, 4);
            assertThat(first.await("session_failed")).containsEntry("status", 413);
            assertThat(first.awaitClose()).isEqualTo(1008);
            app.awaitNoSessions();
        }
    }

    @Test
    void letsNoOtherPageIn() {
        try (TestApp app = TestApp.start(aTextEachSecond())) {
            for (String origin : List.of("https://evil.example", "null", "http://127.0.0.1:1")) {
                assertThatThrownBy(() -> PageClient.connect(http, app, "", origin))
                        .as(origin)
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                WebSocketHandshakeException.class,
                                refused -> assertThat(refused.getResponse().statusCode())
                                        .isEqualTo(403));
            }
        }
    }
}
