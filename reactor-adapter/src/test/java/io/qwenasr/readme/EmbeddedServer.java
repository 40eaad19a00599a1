package io.qwenasr.readme;

import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Transcriber;
import java.time.Duration;
import java.util.List;

/** The README's snippet about the server, word for word. */
final class EmbeddedServer {

    private EmbeddedServer() {}

    static void run(Transcriber anyTranscriber) {
        // readme:server
        RunningServer server = QwenAsrServer.builder(anyTranscriber)
                .port(8080)
                .apiKeys(List.of("a-key-of-yours"))
                .build()
                .start()
                .block();

        Transcriber asr = QwenAsrClient.builder(server.endpoint())
                .apiKey("a-key-of-yours")
                .build();

        server.stop(Duration.ofSeconds(10)).block();
        // readme:end
        System.out.println(asr);
    }
}
