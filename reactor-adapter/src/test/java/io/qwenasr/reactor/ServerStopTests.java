package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.ConnectionClosedException;
import io.qwenasr.TranscriptionEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class ServerStopTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofMillis(100);

    private static final Transcriber STUCK = (audio, options) -> Flux.<TranscriptionEvent>just(
                    new TranscriptionEvent.Partial("item_1", "", "and", null, null))
            .concatWith(Flux.never());

    @RegisterExtension
    final Servers servers = new Servers();

    private RunningServer start(Transcriber transcriber) {
        return servers.start(QwenAsrServer.builder(transcriber).maxSessions(2));
    }

    private static RunningServer startOn(CarelessLoops loops) {
        return QwenAsrServer.builder(STUCK)
                .httpServer(http -> http.runOn(loops))
                .build()
                .start()
                .block(LIMIT);
    }

    @Test
    void goesOnWithAStopThatIsCancelled() {
        RunningServer server = start(STUCK);
        StepVerifier.create(QwenAsrClient.builder(server.endpoint())
                        .build()
                        .transcribe(Flux.just(ByteBuffer.allocate(6_400)).concatWith(Flux.never())))
                .expectNextCount(2)
                .then(() -> server.stop(GRACE).subscribe().dispose())
                .expectError(ConnectionClosedException.class)
                .verify(LIMIT);
        server.stop(GRACE).block(LIMIT);
    }

    @Test
    void tellsThatItsEventLoopsEndedBeforeItInsteadOfWaitingForThem() throws Exception {
        try (CarelessLoops loops = new CarelessLoops()) {
            RunningServer server = startOn(loops);
            loops.end(LIMIT);
            StepVerifier.create(server.stop(GRACE))
                    .expectErrorMessage("the event loops ended before the server that ran on them was stopped;"
                            + " the port stays taken and connections open until the process ends")
                    .verify(LIMIT);
        }
    }

    @Test
    void tellsThatSessionsStayedOpenOnEventLoopsThatEnded() throws Exception {
        try (CarelessLoops loops = new CarelessLoops()) {
            RunningServer server = startOn(loops);
            AtomicBoolean isReady = new AtomicBoolean();
            Disposable session = QwenAsrClient.builder(server.endpoint())
                    .build()
                    .transcribe(Flux.just(ByteBuffer.allocate(6_400)).concatWith(Flux.never()))
                    .doOnNext(event -> isReady.set(true))
                    .onErrorComplete()
                    .subscribe();
            Await.until("the session is open at both ends", () -> isReady.get() && server.sessions() == 1);
            loops.end(LIMIT);
            StepVerifier.create(server.stop(GRACE))
                    .expectErrorMatches(e -> e instanceof IllegalStateException
                            && e.getMessage().startsWith("the event loops ended before the server"))
                    .verify(LIMIT);
            session.dispose();
        }
    }

    @Test
    void closesConnectionsThatAskForNothing() throws IOException {
        RunningServer server = start(STUCK);
        try (Socket idle =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            idle.setSoTimeout((int) LIMIT.toMillis());
            // The server answers: it has accepted the connection.
            idle.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(idle.getInputStream().read()).isEqualTo('H');
            server.stop(LIMIT).block(LIMIT.plusSeconds(10));
            Set<String> left = OpenSockets.now();
            assertThat(left).noneMatch(socket -> socket.matches(".*:" + hex(server) + " to .*"));
        }
    }

    private static String hex(RunningServer server) {
        return String.format("%04X", server.address().getPort());
    }
}
