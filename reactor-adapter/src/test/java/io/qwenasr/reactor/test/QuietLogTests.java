package io.qwenasr.reactor.test;

import static io.qwenasr.reactor.test.TestSignals.VAD;
import static io.qwenasr.reactor.test.TestSignals.await;
import static io.qwenasr.reactor.test.TestSignals.chunks;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Servers;
import io.qwenasr.reactor.Transcriber;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** What sessions write at WARN or above: nothing while all goes well, one line where this library knows of a failure. */
class QuietLogTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Loud loud = new Loud();
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Set<EventLoop> loops = ConcurrentHashMap.newKeySet();

    @RegisterExtension
    final Servers servers = new Servers();

    /** Keeps what is at WARN or above, of whichever library. */
    private static final class Loud extends AppenderBase<ILoggingEvent> {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                lines.add(event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage());
            }
        }

        List<String> ours() {
            return lines.stream().filter(line -> line.contains(" io.qwenasr.")).toList();
        }
    }

    @BeforeEach
    void listen() {
        loud.setContext(root.getLoggerContext());
        loud.start();
        root.addAppender(loud);
    }

    @AfterEach
    void listenNoMore() {
        try {
            open.close().syncUninterruptibly();
            awaitLastWords();
        } finally {
            root.detachAppender(loud);
        }
    }

    private void watch(Channel channel) {
        open.add(channel);
        loops.add(channel.eventLoop());
    }

    /** What is said of a connection's end is said after it, in a later turn of its event loop. */
    private void awaitLastWords() {
        await("the end of the connections", open::isEmpty);
        for (int turn = 0; turn < 4; turn++) {
            loops.forEach(loop -> loop.submit(() -> {}).syncUninterruptibly());
        }
    }

    private RunningServer start(Transcriber transcriber) {
        return servers.start(QwenAsrServer.builder(transcriber)
                .httpServer(http -> http.doOnChannelInit((observer, channel, remote) -> watch(channel))));
    }

    private QwenAsrClient client(Endpoint endpoint) {
        return QwenAsrClient.builder(endpoint)
                .httpClient(reactor.netty.http.client.HttpClient.newConnection()
                        .doOnChannelInit((observer, channel, remote) -> watch(channel)))
                .build();
    }

    private static void run(QwenAsrClient client, Flux<io.qwenasr.AudioSignal> audio) {
        client.transcribe(audio, VAD).onErrorComplete().then().block(LIMIT);
    }

    private void stop(RunningServer server) {
        await("the end of the sessions", () -> server.sessions() == 0);
        server.stop(LIMIT).block(LIMIT.plusSeconds(10));
        awaitLastWords();
    }

    @Test
    void saysNothingOfASessionThatGoesWell() {
        RunningServer server = start(ScriptedTranscriber.finals("one", "two"));
        QwenAsrClient client = client(server.endpoint());
        run(client, chunks(25));
        stop(server);
        assertThat(loud.lines).isEmpty();
    }

    @Test
    void saysNothingOfASessionThatIsCancelled() {
        RunningServer server = start(ScriptedTranscriber.finals("one", "two"));
        QwenAsrClient client = client(server.endpoint());
        client.transcribe(chunks(25).concatWith(Flux.never()), VAD)
                .takeUntil(TranscriptionEvent.Final.class::isInstance)
                .blockLast(LIMIT);
        stop(server);
        assertThat(loud.lines).isEmpty();
    }

    @Test
    void saysNothingOfAClientThatLeavesInTheMiddleOfAMessage() {
        RunningServer server = start(ScriptedTranscriber.finals("one"));
        WebSocket client = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(server.endpoint().uri() + "?model=any"), new WebSocket.Listener() {})
                .join();
        await("the session", () -> server.sessions() == 1);
        client.sendText("{\"type\":", false).join();
        client.abort();
        stop(server);
        assertThat(loud.lines).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "8,dGhlIHNhbXBsZSBub25jZQ==,Upgrade,426",
        ",dGhlIHNhbXBsZSBub25jZQ==,Upgrade,426",
        "13,,Upgrade,400",
        "13,dGhlIHNhbXBsZSBub25jZQ==,keep-alive,400"
    })
    void answersAMalformedHandshakeAndSaysNothing(String version, String key, String connection, int status) {
        RunningServer server = start(ScriptedTranscriber.finals("one"));
        HttpResponseStatus[] answered = new HttpResponseStatus[1];
        String body = reactor.netty.http.client.HttpClient.newConnection()
                .headers(headers -> {
                    headers.set("Upgrade", "websocket").set("Connection", connection);
                    if (version != null) {
                        headers.set("Sec-WebSocket-Version", version);
                    }
                    if (key != null) {
                        headers.set("Sec-WebSocket-Key", key);
                    }
                })
                .get()
                .uri(server.uri().toString().replace("ws:", "http:"))
                .responseSingle((response, content) -> {
                    answered[0] = response.status();
                    assertThat(response.responseHeaders().get("Sec-WebSocket-Version"))
                            .isEqualTo(status == 426 ? "13" : null);
                    return content.asString();
                })
                .block(LIMIT);
        assertThat(answered[0].code()).isEqualTo(status);
        assertThat(body).startsWith("{\"code\":\"InvalidParameter\"");
        stop(server);
        assertThat(loud.lines).isEmpty();
    }

    @Test
    void saysOnceThatTheTranscriberOfAServerHasFailed() {
        RunningServer server = start(ScriptedTranscriber.script()
                .at(Duration.ofMillis(500))
                .fail(new IllegalStateException("the engine is on fire"))
                .build());
        run(client(server.endpoint()), chunks(25).concatWith(Flux.never()));
        stop(server);
        assertThat(loud.lines).singleElement().asString().contains("the transcriber failed");
    }

    /** The subscriber is told of what happens to its session; what the log would add is said nowhere. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {"RESET", "CUT", "BAD_JSON", "NO_FRAME", "FATAL_ERROR_EVENT", "CLOSE_1011", "FINISHED_EARLY"})
    void leavesWhatHappensToASessionToItsSubscriber(StandardFault fault) {
        RunningServer server = start(ScriptedTranscriber.finals("one", "two"));
        try (FaultProxy proxy = FaultProxy.builder(server.endpoint())
                .connection(1, fault.in(SessionPhase.STREAMING))
                .start()) {
            run(client(proxy.endpoint()), chunks(25).concatWith(Flux.never()));
        }
        stop(server);
        assertThat(loud.lines).isEmpty();
    }

    /** Reactor Netty warns of a refused handshake and of a lost one by itself; this library adds nothing to that. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {"REFUSED", "HTTP_401", "HTTP_503", "HANDSHAKE_CUT"})
    void addsNothingToWhatIsSaidOfAConnectionThatFails(StandardFault fault) {
        RunningServer server = start(ScriptedTranscriber.finals("one", "two"));
        try (FaultProxy proxy = FaultProxy.builder(server.endpoint())
                .connection(1, fault.in(SessionPhase.CONNECTING))
                .start()) {
            run(client(proxy.endpoint()), chunks(25));
        }
        stop(server);
        assertThat(loud.ours()).isEmpty();
    }
}
