package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Cleared;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.audio.AudioTimeline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;
import reactor.test.publisher.TestPublisher;

/** Runs a session by hand, slice by slice, on turns that emit an event for each thing they are told. */
class EngineSessionTest {

    private static final int SLICE = 100;
    private static final TranscriptionEvent READY = new SessionReady("sess", "model");

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final TestPublisher<AudioSignal> audio =
            TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
    private final List<Long> audioRequests = new ArrayList<>();
    private final List<TranscriptionEvent> received = new ArrayList<>();
    private final Recorder turns = new Recorder();
    private int ends;
    private final Downstream downstream = new Downstream();
    private final EngineSession session = new EngineSession(
            downstream,
            tasks::add,
            READY,
            sink -> {
                turns.sink = sink;
                return turns;
            },
            new PcmReader(16_000, SLICE),
            new AudioTimeline(AudioFormat.PCM_16K),
            ended -> ends++);

    private void start() {
        downstream.onSubscribe(session);
        session.start();
        audio.flux().doOnRequest(audioRequests::add).subscribe(session.input());
        drain();
    }

    @Test
    void nothingIsRequestedWhileNobodyAsks() {
        start();
        assertThat(received).isEmpty();
        assertThat(audioRequests).isEmpty();
        ask(1);
        assertThat(received).containsExactly(READY);
        assertThat(audioRequests).isEmpty();
        ask(1);
        assertThat(audioRequests).containsExactly(2L);
    }

    @Test
    void audioIsRequestedAsItIsDealtWith() {
        start();
        ask(Long.MAX_VALUE);
        audio.next(samples(10));
        drain();
        assertThat(audioRequests).containsExactly(2L, 1L);
        assertThat(turns.log).containsExactly("audio 10");
    }

    @Test
    void anUnaskedEventStopsTheWork() {
        start();
        ask(2);
        audio.next(AudioSignal.clear());
        drain();
        assertThat(received).hasSize(2);
        audio.next(AudioSignal.clear());
        drain();
        assertThat(received).hasSize(2);
        assertThat(turns.log).containsExactly("clear", "clear");
        int requests = audioRequests.size();
        audio.next(AudioSignal.clear());
        drain();
        assertThat(turns.log).hasSize(2);
        assertThat(audioRequests).hasSize(requests);
        ask(5);
        assertThat(received).hasSize(4);
    }

    @Test
    void aLongChunkIsWorkedOffInSlices() {
        start();
        ask(Long.MAX_VALUE);
        audio.next(samples(3 * SLICE + 1));
        int runs = drain();
        assertThat(turns.log).containsExactly("audio 100", "audio 100", "audio 100", "audio 1");
        assertThat(runs).as("each slice is queued anew, behind other sessions").isGreaterThanOrEqualTo(4);
        assertThat(tasks).isEmpty();
    }

    @Test
    void chunksAreCopiedAndLeftAsTheyWere() {
        start();
        ask(Long.MAX_VALUE);
        ByteBuffer buffer = ByteBuffer.allocate(8).putShort(2, (short) 1);
        buffer.position(2).limit(6);
        audio.next(AudioSignal.chunk(buffer));
        assertThat(buffer.position()).isEqualTo(2);
        buffer.clear().put(new byte[8]);
        drain();
        assertThat(turns.samples).containsExactly((short) 0x100, (short) 0);
    }

    @Test
    void theEndOfTheAudioFinishesTheTurnsThenCompletes() {
        start();
        ask(1);
        audio.complete();
        drain();
        assertThat(turns.log).containsExactly("finish");
        assertThat(downstream.completed).isFalse();
        ask(1);
        assertThat(received).hasSize(2);
        assertThat(downstream.completed).isTrue();
        assertThat(turns.closed).isEqualTo(1);
        assertThat(ends).isEqualTo(1);
    }

    @Test
    void whatArrivedBeforeTheEndIsHandledBeforeIt() {
        start();
        ask(Long.MAX_VALUE);
        audio.next(samples(250));
        audio.next(AudioSignal.commit());
        audio.complete();
        drain();
        assertThat(turns.log).containsExactly("audio 100", "audio 100", "audio 50", "commit", "finish");
        assertThat(downstream.completed).isTrue();
    }

    @Test
    void aGapIsToldAndShiftsWhatComesAfterIt() {
        start();
        ask(Long.MAX_VALUE);
        audio.next(samples(160));
        drain();
        turns.sink.accept(new SpeechStarted("i", Duration.ofMillis(4)));
        audio.next(AudioSignal.gap(Duration.ofMillis(500)));
        audio.next(samples(160));
        drain();
        turns.sink.accept(new SpeechStopped("i", Duration.ofMillis(10)));
        turns.sink.accept(new Final("i", "words", null, null, Duration.ofMillis(4), Duration.ofMillis(15)));
        ask(1);
        assertThat(turns.log).containsExactly("audio 100", "audio 60", "audio 100", "audio 60");
        assertThat(received)
                .containsExactly(
                        READY,
                        new SpeechStarted("i", Duration.ofMillis(4)),
                        new AudioDropped(Duration.ofMillis(10), Duration.ofMillis(510)),
                        new SpeechStopped("i", Duration.ofMillis(10)),
                        new Final("i", "words", null, null, Duration.ofMillis(4), Duration.ofMillis(515)));
    }

    @Test
    void cancellingCancelsTheAudioAtOnceAndFreesBetweenSlices() {
        start();
        ask(Long.MAX_VALUE);
        audio.next(samples(5 * SLICE));
        tasks.remove().run();
        session.cancel();
        audio.assertCancelled();
        assertThat(turns.closed).isZero();
        drain();
        assertThat(turns.closed).isEqualTo(1);
        assertThat(ends).isEqualTo(1);
        session.cancel();
        session.request(1);
        assertThat(tasks).isEmpty();
        assertThat(downstream.error).isNull();
        assertThat(downstream.completed).isFalse();
    }

    @Test
    void cancellingBeforeAnythingFreesToo() {
        start();
        session.cancel();
        drain();
        audio.assertCancelled();
        assertThat(turns.closed).isEqualTo(1);
        assertThat(received).isEmpty();
    }

    @Test
    void cancellingInAnEventStopsTheEvents() {
        downstream.cancelAfter = 2;
        start();
        ask(Long.MAX_VALUE);
        audio.next(AudioSignal.clear());
        drain();
        assertThat(received).hasSize(2);
        assertThat(turns.closed).isEqualTo(1);
    }

    @Test
    void anErrorOfTheAudioIsTheErrorOfTheSession() {
        start();
        ask(1);
        RuntimeException error = new RuntimeException("microphone unplugged");
        audio.error(error);
        drain();
        assertThat(downstream.error).isSameAs(error);
        assertThat(turns.closed).isEqualTo(1);
        assertThat(turns.log).isEmpty();
    }

    @Test
    void anErrorInDecodingEndsTheSessionAndCancelsTheAudio() {
        start();
        ask(Long.MAX_VALUE);
        turns.failure = new IllegalStateException("decoder broke");
        audio.next(samples(1));
        drain();
        assertThat(downstream.error).isSameAs(turns.failure);
        audio.assertCancelled();
        assertThat(turns.closed).isEqualTo(1);
    }

    @Test
    void aRequestOfNothingIsAnError() {
        start();
        session.request(0);
        drain();
        assertThat(downstream.error).isInstanceOf(IllegalArgumentException.class);
        assertThat(ends).isEqualTo(1);
    }

    @Test
    void moreSignalsThanRequestedAreAnErrorNotAGrowingQueue() {
        start();
        ask(Long.MAX_VALUE);
        for (int i = 0; i < 1_000; i++) {
            audio.next(samples(1));
        }
        drain();
        assertThat(downstream.error).hasMessageContaining("more signals than were requested");
    }

    private void ask(long n) {
        session.request(n);
        drain();
    }

    private int drain() {
        int runs = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            runs++;
        }
        return runs;
    }

    private static AudioSignal samples(int count) {
        return AudioSignal.chunk(ByteBuffer.allocate(2 * count));
    }

    private final class Downstream extends BaseSubscriber<TranscriptionEvent> {
        private boolean completed;
        private Throwable error;
        private int cancelAfter = Integer.MAX_VALUE;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(TranscriptionEvent event) {
            received.add(event);
            if (received.size() == cancelAfter) {
                session.cancel();
            }
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }

        @Override
        protected void hookOnError(Throwable throwable) {
            error = throwable;
        }

        @Override
        protected void hookFinally(SignalType type) {
            assertThat(turns.closed)
                    .as("everything is freed before the end is told")
                    .isEqualTo(1);
        }
    }

    private static final class Recorder implements Turns {
        private Consumer<TranscriptionEvent> sink;
        private final List<String> log = new ArrayList<>();
        private final List<Short> samples = new ArrayList<>();
        private RuntimeException failure;
        private int closed;

        @Override
        public void audio(short[] audio) {
            if (failure != null) {
                throw failure;
            }
            if (audio.length > 0) {
                log.add("audio " + audio.length);
                for (short sample : audio) {
                    samples.add(sample);
                }
            }
        }

        @Override
        public void commit() {
            log.add("commit");
            sink.accept(new Cleared());
        }

        @Override
        public void clear() {
            log.add("clear");
            sink.accept(new Cleared());
        }

        @Override
        public void finish() {
            log.add("finish");
            sink.accept(new Cleared());
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
