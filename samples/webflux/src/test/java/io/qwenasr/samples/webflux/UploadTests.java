package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.test.ScriptedSession;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** {@code POST /transcriptions}, as curl uses it. */
class UploadTests {

    private final HttpClient http = HttpClient.newHttpClient();

    private static ScriptedTranscriber aTextEachSecond(int chars) {
        String rest = " ".repeat(Math.max(0, chars - 20)) + ".";
        return ScriptedTranscriber.script()
                .utterancesOf(Duration.ofSeconds(1))
                .onEachUtterance()
                .say(heard -> "utterance " + heard.number() + rest)
                .withoutSignals()
                .build();
    }

    private HttpResponse<String> post(TestApp app, String query, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(app.http("/transcriptions" + query))
                .timeout(TestApp.LIMIT)
                .POST(BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static ScriptedSession onlySession(ScriptedTranscriber service) {
        Await.until("a session has begun", () -> !service.sessions().isEmpty());
        assertThat(service.sessions()).hasSize(1);
        return service.sessions().get(0);
    }

    @Test
    void answersWithEvents() throws Exception {
        ScriptedTranscriber service = aTextEachSecond(0);
        try (TestApp app = TestApp.start(service)) {
            HttpResponse<String> response = post(app, "?language=de", Wav.seconds(2));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream;charset=UTF-8");
            assertThat(response.body())
                    .contains("event:session_ready")
                    .contains("event:final\ndata:{\"type\":\"final\",\"item_id\":\"item_1_1\","
                            + "\"transcript\":\"utterance 1.\",\"language\":\"de\",\"start_ms\":0,\"end_ms\":1000}")
                    .contains("\"transcript\":\"utterance 2.\"")
                    .contains("event:summary\ndata:{\"type\":\"summary\",\"offered_ms\":2000,\"settled_ms\":2000,"
                            + "\"lost_ms\":0}");
            assertThat(onlySession(service).options().language()).isEqualTo("de");
            assertThat(onlySession(service).bytes()).isEqualTo(2L * Wav.BYTES_PER_SECOND);
            app.awaitNoSessions();
        }
    }

    @Test
    void aClientBehindAProxyIsToldApartIfTheProxyIsTrusted() throws Exception {
        for (String strategy : new String[] {"none", "native"}) {
            try (TestApp app = TestApp.start(
                    aTextEachSecond(0),
                    "--captions.max-sessions-per-client=1",
                    "--server.forward-headers-strategy=" + strategy)) {
                PageClient other = PageClient.connect(http, app, "");
                other.await("session_ready");
                int status = post(app, "", Wav.seconds(1), "X-Forwarded-For", "203.0.113.7")
                        .statusCode();
                assertThat(status).as(strategy).isEqualTo(strategy.equals("native") ? 200 : 429);
                other.leave();
                app.awaitNoSessions();
            }
        }
    }

    @Test
    void tellsEventsWhileTheUploadGoesOn() throws Exception {
        ScriptedTranscriber service = aTextEachSecond(0);
        try (TestApp app = TestApp.start(service);
                RawUpload upload = new RawUpload(app)) {
            upload.send(Wav.openHeader());
            for (int second = 1; second <= 3; second++) {
                upload.send(new byte[Wav.BYTES_PER_SECOND]);
                upload.awaitLine("\"transcript\":\"utterance " + second + ".\"");
            }
            assertThat(onlySession(service).isAudioComplete()).isFalse();
            upload.end();
            upload.awaitLine("event:summary");
        }
    }

    @Test
    void anUploadWhoseEventsAreNotReadStops() throws Exception {
        ScriptedTranscriber service = aTextEachSecond(100_000);
        int megabytes = 12;
        byte[] megabyte = new byte[1 << 20];
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (TestApp app = TestApp.start(service);
                RawUpload upload = new RawUpload(app)) {
            AtomicLong written = new AtomicLong();
            Future<?> writing = thread.submit(() -> {
                upload.send(Wav.openHeader());
                for (int i = 0; i < megabytes; i++) {
                    upload.send(megabyte);
                    written.incrementAndGet();
                }
                upload.end();
                return null;
            });
            ScriptedSession session = onlySession(service);
            Await.until("the service is not asked to go on any more", () -> stands(session));
            assertThat(written.get()).as("MB of %s", megabytes).isLessThan(megabytes / 2);
            assertThat(writing.isDone()).isFalse();

            upload.awaitLine("event:summary");
            writing.get(TestApp.LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(session.bytes()).isEqualTo((long) megabytes << 20);
        } finally {
            thread.shutdownNow();
        }
    }

    /** Whether for half a second nothing was taken; a service that is merely slow takes 100 ms in a tenth of one. */
    private static boolean stands(ScriptedSession session) {
        long before = session.bytes();
        long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
        while (System.nanoTime() - end < 0) {
            if (session.bytes() != before) {
                return false;
            }
            Thread.onSpinWait();
        }
        return before > 0;
    }

    @Test
    void whoeverLeavesEndsTheSessionAtOnce() throws Exception {
        ScriptedTranscriber service = aTextEachSecond(0);
        try (TestApp app = TestApp.start(service)) {
            try (RawUpload upload = new RawUpload(app)) {
                upload.send(Wav.openHeader());
                upload.send(new byte[Wav.BYTES_PER_SECOND]);
                upload.awaitLine("event:final");
            }
            assertThat(onlySession(service).whenEnded().block(TestApp.LIMIT))
                    .isNotEqualTo(ScriptedSession.End.COMPLETED);
            app.awaitNoSessions();
        }
    }

    /** Nobody reads the body then, so the end of the connection must be seen all the same. */
    @Test
    void whoeverLeavesWhileTheServiceHangsEndsTheSessionToo() throws Exception {
        ScriptedTranscriber service =
                ScriptedTranscriber.script().atStart().stopListening().build();
        try (TestApp app = TestApp.start(service)) {
            try (RawUpload upload = new RawUpload(app)) {
                upload.send(Wav.openHeader());
                upload.send(new byte[Wav.BYTES_PER_SECOND]);
                upload.awaitLine("event:session_ready");
            }
            assertThat(onlySession(service).whenEnded().block(TestApp.LIMIT))
                    .isNotEqualTo(ScriptedSession.End.COMPLETED);
            app.awaitNoSessions();
        }
    }

    @Test
    void refusesWhatIsNoAudioBeforeAnythingElse() throws Exception {
        ScriptedTranscriber service = aTextEachSecond(0);
        try (TestApp app = TestApp.start(service)) {
            HttpResponse<String> junk =
                    post(app, "", "not audio at all".repeat(10).getBytes(StandardCharsets.UTF_8));
            assertThat(junk.statusCode()).isEqualTo(415);
            assertThat(junk.headers().firstValue("content-type")).hasValue("application/problem+json");
            assertThat(junk.body()).contains("allowed are WAV, AIFF and AU");

            assertThat(post(app, "", new byte[0]).statusCode()).isEqualTo(400);
            assertThat(post(app, "?language=klingon!", Wav.seconds(1)).body())
                    .contains("language must be a code of two or three letters");
            assertThat(service.sessions()).isEmpty();
            app.awaitNoSessions();
        }
    }

    @Test
    void limitsTheSizeOfABody() throws Exception {
        ScriptedTranscriber service = aTextEachSecond(0);
        try (TestApp app = TestApp.start(service, "--captions.max-audio=100KB")) {
            HttpResponse<String> announced = post(app, "", Wav.seconds(4));
            assertThat(announced.statusCode()).isEqualTo(413);
            assertThat(service.sessions()).isEmpty();

            try (RawUpload upload = new RawUpload(app)) {
                upload.send(Wav.openHeader());
                for (int second = 1; second <= 4; second++) {
                    upload.send(new byte[Wav.BYTES_PER_SECOND]);
                }
                assertThat(upload.awaitLine("session_failed\",")).contains("\"status\":413");
            }
            app.awaitNoSessions();
        }
    }

    @Test
    void limitsTheSessionsOfAClient() throws Exception {
        ScriptedTranscriber service = aTextEachSecond(0);
        try (TestApp app = TestApp.start(service, "--captions.max-sessions-per-client=1")) {
            try (RawUpload upload = new RawUpload(app)) {
                upload.send(Wav.openHeader());
                upload.send(new byte[Wav.BYTES_PER_SECOND]);
                upload.awaitLine("event:final");

                HttpResponse<String> second = post(app, "", Wav.seconds(1));
                assertThat(second.statusCode()).isEqualTo(429);
                assertThat(second.headers().firstValue("retry-after")).isPresent();
                assertThat(second.body()).contains("1 sessions open");
            }
            app.awaitNoSessions();
            assertThat(post(app, "", Wav.seconds(1)).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void letsInPagesOfAllowedOriginsOnly() throws Exception {
        try (TestApp app = TestApp.start(aTextEachSecond(0), "--captions.allowed-origins=https://friend.example")) {
            assertThat(post(app, "", Wav.seconds(1), "Origin", "https://evil.example")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(post(app, "", Wav.seconds(1), "Origin", "https://friend.example")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(post(app, "", Wav.seconds(1), "Origin", app.http("").toString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void tellsOfAServiceThatCannotBeHadWithoutItsSecrets() throws Exception {
        Transcriber own = null;
        try (TestApp app = TestApp.start(
                own, "--qwen.asr.endpoint=ws://127.0.0.1:1/api-ws/v1/realtime", "--qwen.asr.api-key=sk-secret")) {
            HttpResponse<String> response = post(app, "", Wav.seconds(1));
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("retry-after")).isPresent();
            assertThat(response.body())
                    .contains("cannot be reached")
                    .doesNotContain("sk-secret")
                    .doesNotContain("127.0.0.1:1/");
        }
    }
}
