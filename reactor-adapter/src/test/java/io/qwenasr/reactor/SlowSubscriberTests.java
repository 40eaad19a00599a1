package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.session.ClientSessionSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.publisher.TestPublisher;

/** A subscriber that takes events slowly, or not at all, while the server answers each append and pings. */
class SlowSubscriberTests {

    private static final int CHUNK = 3_200;
    private static final int APPENDS_OF_AN_ITEM = 10;

    /** 65,536 bytes of window, 4,358 of append. */
    private static final int WINDOW = 15;

    /** Events that may wait before no more audio is asked for. */
    private static final int EVENTS_AHEAD = 16;

    private final StubServer server = new StubServer(SlowSubscriberTests::answerEachAppend);
    private final WireProbe probe = new WireProbe();
    private final Viewer viewer = new Viewer();
    private long emitted;

    @AfterEach
    void stop() {
        server.close();
    }

    /** Takes what the test asks for. */
    private static final class Viewer extends BaseSubscriber<TranscriptionEvent> {
        private final Queue<TranscriptionEvent> seen = new ConcurrentLinkedQueue<>();
        private final AtomicReference<String> end = new AtomicReference<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(TranscriptionEvent event) {
            seen.add(event);
        }

        @Override
        protected void hookOnError(Throwable error) {
            end.set(error.toString());
        }

        @Override
        protected void hookOnComplete() {
            end.set("complete");
        }

        TranscriptionEvent take() {
            return Await.next("an event", seen);
        }

        void awaitCompletion() {
            Await.until("the end", () -> end.get() != null);
            assertThat(end.get()).isEqualTo("complete");
        }
    }

    private static void answerEachAppend(StubSession session) {
        session.onAppend(n -> {
            String item = "\"item_id\":\"" + item(n) + "\"";
            session.send("{\"type\":\"conversation.item.input_audio_transcription.text\"," + item
                    + ",\"text\":\"\",\"stash\":\"" + n + "\"}");
            if (n % APPENDS_OF_AN_ITEM == 0) {
                session.send("{\"type\":\"conversation.item.input_audio_transcription.completed\"," + item
                        + ",\"transcript\":\"" + n + "\"}");
            }
        });
    }

    private static String item(long append) {
        return "item_" + (append - 1) / APPENDS_OF_AN_ITEM;
    }

    private static List<TranscriptionEvent> answersTo(long appends) {
        List<TranscriptionEvent> answers = new ArrayList<>();
        for (long n = 1; n <= appends; n++) {
            answers.add(new Partial(item(n), "", "" + n, null, null));
            if (n % APPENDS_OF_AN_ITEM == 0) {
                answers.add(new Final(item(n), "" + n, null, null, null, null));
            }
        }
        return answers;
    }

    private void transcribe(Flux<ByteBuffer> audio) {
        QwenAsrClient.builder(server.endpoint())
                .httpClient(probe.httpClient())
                .session(ClientSessionSettings.DEFAULTS.withKeepAliveInterval(Duration.ZERO))
                .build()
                .transcribe(probe.counting(audio))
                .subscribe(viewer);
    }

    /** Emits what is requested, once the client has done with what the viewer asked it for. */
    private void emitAll(TestPublisher<ByteBuffer> source, StubSession peer) {
        peer.pingAndAwaitPong("before append " + (emitted + 1));
        while (emitted < probe.requested()) {
            emit(source, peer);
        }
    }

    /** Emits a chunk and waits until the client has seen the answers to it. */
    private void emit(TestPublisher<ByteBuffer> source, StubSession peer) {
        emitted++;
        source.next(ByteBuffer.allocate(CHUNK));
        Await.until("append " + emitted, () -> peer.appends() == emitted);
        peer.pingAndAwaitPong("after append " + emitted);
    }

    @Test
    void oneEventATickSlowsTheAudio() {
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        transcribe(source.flux());
        StubSession peer = server.next();
        viewer.request(1);
        assertThat(viewer.take()).isInstanceOf(SessionReady.class);
        emitAll(source, peer);
        long atNoDemand = emitted;
        assertThat(atNoDemand).as("more than nothing").isGreaterThan(1);
        List<TranscriptionEvent> seen = new ArrayList<>();
        while (emitted < 10 * atNoDemand) {
            source.assertMaxRequested(0);
            assertThat(emitted)
                    .as("appends at %d events", seen.size())
                    .isLessThanOrEqualTo(1 + seen.size() + EVENTS_AHEAD + WINDOW);
            viewer.request(1);
            seen.add(viewer.take());
            emitAll(source, peer);
            assertThat(viewer.seen).as("no more than was requested").isEmpty();
        }
        viewer.requestUnbounded();
        while (emitted % APPENDS_OF_AN_ITEM != 0) {
            assertThat(probe.state().requested()).isGreaterThan(emitted);
            emit(source, peer);
        }
        source.complete();
        viewer.awaitCompletion();
        seen.addAll(viewer.seen);
        assertThat(seen).isEqualTo(answersTo(emitted));
    }

    @Test
    void noEventRequestedIsNoAudioRequested() {
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        transcribe(source.flux());
        StubSession peer = server.next();
        for (int i = 0; i < 20; i++) {
            peer.pingAndAwaitPong("are you there " + i);
        }
        source.assertSubscribers(1);
        source.assertMaxRequested(0);
        assertThat(viewer.seen).isEmpty();
        viewer.request(1);
        assertThat(viewer.take()).isInstanceOf(SessionReady.class);
        Await.until("audio is asked for", () -> probe.requested() == 1);
        viewer.cancel();
    }

    /** The source emits as it is requested, so that some more appends are on their way when the events pile up. */
    @Test
    void audioStopsByItselfWhenEventsAreLeft() {
        LazyRecording recording = new LazyRecording(Duration.ofMinutes(5));
        transcribe(recording.audio());
        StubSession peer = server.next();
        viewer.request(1);
        assertThat(viewer.take()).isInstanceOf(SessionReady.class);
        WireProbe.State last;
        do {
            last = probe.state();
            Await.until(
                    "the peer has all appends",
                    () -> peer.appends() == probe.state().requested());
            peer.pingAndAwaitPong("are you there");
        } while (!probe.state().equals(last));
        System.out.println("stopped after " + peer.appends() + " appends");
        assertThat(recording.pulled()).isEqualTo(peer.audioBytes()).isLessThan(recording.bytes() / 2);
        viewer.requestUnbounded();
        viewer.awaitCompletion();
        assertThat(peer.digest()).isEqualTo(recording.digest());
        assertThat(viewer.seen).containsExactlyElementsOf(answersTo(recording.bytes() / CHUNK));
    }
}
