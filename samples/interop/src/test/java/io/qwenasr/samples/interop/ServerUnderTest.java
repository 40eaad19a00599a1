package io.qwenasr.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Transcriber;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.publisher.Flux;

/** A server on a free loopback port for each test. */
final class ServerUnderTest implements BeforeEachCallback, AfterEachCallback {

    static final String KEY = "sk-right";

    private final DigestTranscriber transcriber = new DigestTranscriber();
    private final Queue<Channel> connections = new ConcurrentLinkedQueue<>();
    private RunningServer server;

    @Override
    public void beforeEach(ExtensionContext context) {
        server = QwenAsrServer.builder(transcriber)
                .apiKeys(List.of(KEY))
                .httpServer(http -> http.doOnConnection(connection -> connections.add(connection.channel())))
                .build()
                .start()
                .block(Inbox.LIMIT);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        stop();
    }

    void stop() {
        server.stop(Duration.ofSeconds(5)).block(Inbox.LIMIT);
    }

    /** Returns the address without a query, as the official SDK wants it. */
    String base() {
        return server.uri().toString();
    }

    URI address() {
        return URI.create(base() + "?model=" + QwenAsrClient.DEFAULT_MODEL);
    }

    /** Returns what the sessions so far were asked for. */
    List<SessionOptions> sessions() {
        return transcriber.sessions();
    }

    int openSessions() {
        return server.sessions();
    }

    /** Waits until every connection made so far is gone, and with it every session. */
    void awaitNoSessions() throws Exception {
        for (Channel connection : connections) {
            assertThat(connection.closeFuture().await(Inbox.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("%s is closed", connection)
                    .isTrue();
            // Behind the server's own listeners on the close future, which run on this loop.
            connection.eventLoop().submit(() -> {}).get(Inbox.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(server.sessions()).isZero();
    }

    /**
     * Returns what our own client hears from this server, once it is sure that the way over the wire has not
     * changed what the transcriber says: what client and server got wrong together would show nowhere else.
     */
    List<String> storyOfOurClient(SessionOptions options, AudioSignal... signals) {
        QwenAsrClient client =
                QwenAsrClient.builder(server.endpoint()).apiKey(KEY).build();
        List<String> story = story(client, options, signals);
        assertThat(Story.finals(story)).isEqualTo(Story.finals(story(new DigestTranscriber(), options, signals)));
        return story;
    }

    private static List<String> story(Transcriber transcriber, SessionOptions options, AudioSignal... signals) {
        return Story.of(transcriber
                .transcribe(Flux.just(signals), options)
                .collectList()
                .block(Inbox.LIMIT));
    }
}
