package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/** What an operator sees, by nothing but the library's auto-configuration. */
class ActuatorTests {

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.timeout(TestApp.LIMIT).build(), BodyHandlers.ofString());
    }

    @Test
    void showsTheSessionsOfTheApplication() throws Exception {
        RunningServer service = TestService.start(QwenAsrServer.builder(ScriptedTranscriber.finals("good morning")));
        try (TestApp app = TestApp.start(
                null, "--qwen.asr.endpoint=" + service.uri(), "--management.endpoint.health.show-components=always")) {
            assertThat(send(HttpRequest.newBuilder(app.http("/actuator/health")))
                            .body())
                    .contains("\"qwenAsr\":{\"status\":\"UNKNOWN\"}");
            assertThat(send(HttpRequest.newBuilder(app.http("/transcriptions"))
                                    .POST(BodyPublishers.ofByteArray(Wav.seconds(1))))
                            .body())
                    .contains("good morning");

            assertThat(send(HttpRequest.newBuilder(app.http("/actuator/health")))
                            .body())
                    .contains("\"qwenAsr\":{\"status\":\"UP\"}");
            assertThat(send(HttpRequest.newBuilder(app.http("/actuator/prometheus")))
                            .body()
                            .lines())
                    .contains(
                            "qwen_asr_events_total{mode=\"vad\",type=\"final\"} 1.0",
                            "qwen_asr_latency_final_seconds_count{mode=\"vad\"} 1")
                    .anyMatch(line ->
                            line.matches("qwen_asr_audio_sent_seconds_total\\{mode=\"vad\"} (0\\.999\\d*|1\\.0)"))
                    .anyMatch(line -> line.startsWith("qwen_asr_session_seconds_count{")
                            && line.contains("qwen_asr_outcome=\"completed\""))
                    .anyMatch(line -> line.startsWith("qwen_asr_append_in_flight_seconds_max{"));
        } finally {
            TestService.stop(service);
        }
    }
}
