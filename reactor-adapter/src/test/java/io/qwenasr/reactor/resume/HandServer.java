package io.qwenasr.reactor.resume;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

/**
 * A server that says what a test lets it say, and somebody who speaks to it and listens, in virtual time. The audio
 * comes in chunks of 100 ms, each full of its own number, so that what was heard tells where it lies.
 */
final class HandServer implements Transcriber {

    static final int CHUNK = 3_200;
    private static final ReconnectPolicy SOON = new ReconnectPolicy(10, s(0.1), s(0.1), 0, s(60));

    /** One session. */
    static final class Session {
        private final List<Integer> heard = new ArrayList<>();
        private final List<AudioSignal> signals = new ArrayList<>();
        private @Nullable FluxSink<TranscriptionEvent> out;
        private Consumer<AudioSignal> onSignal = signal -> {};
        private boolean completesWithTheAudio = true;
        private boolean audioCompleted;

        void say(TranscriptionEvent event) {
            sink().next(event);
        }

        private FluxSink<TranscriptionEvent> sink() {
            assertThat(out).isNotNull();
            return java.util.Objects.requireNonNull(out);
        }

        void started(String item, double start) {
            say(new SpeechStarted(item, s(start)));
        }

        void stopped(@Nullable String item, double end) {
            say(new SpeechStopped(item, s(end)));
        }

        void result(String item, String text, double start, @Nullable Double end) {
            say(new Final(item, text, null, null, s(start), end == null ? null : s(end)));
        }

        /** All that is told of an utterance. */
        void utterance(String item, String text, double start, double end) {
            started(item, start);
            stopped(item, end);
            result(item, text, start, end);
        }

        void dies() {
            sink().error(lost());
        }

        void completes() {
            sink().complete();
        }

        void waitsForItsResults() {
            completesWithTheAudio = false;
        }

        void onSignal(Consumer<AudioSignal> then) {
            onSignal = then;
        }

        boolean hasAllAudio() {
            return audioCompleted;
        }

        /** The signals that are no audio. */
        List<AudioSignal> signals() {
            return signals;
        }

        double heardSeconds() {
            return heard.size() / 10.0;
        }

        /** Where the first chunk it heard lies. */
        double heardFrom() {
            return heard.get(0) / 10.0;
        }

        double heardTo() {
            return (heard.get(heard.size() - 1) + 1) / 10.0;
        }
    }

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<Session> sessions = new ArrayList<>();
    private final Sinks.Many<AudioSignal> microphone = Sinks.many().unicast().onBackpressureBuffer();
    private final List<TranscriptionEvent> events = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private IntPredicate refuses = attempt -> false;
    private boolean done;
    private int attempts;
    private int chunks;

    static Duration s(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    static ConnectionClosedException lost() {
        return new ConnectionClosedException(
                ConnectionClosedException.NO_CLOSE_FRAME, "", SessionPhase.STREAMING, null, null);
    }

    static AudioSignal chunk(int number) {
        ByteBuffer audio = ByteBuffer.allocate(CHUNK).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        while (audio.hasRemaining()) {
            audio.putShort((short) number);
        }
        return AudioSignal.chunk(audio.flip());
    }

    /** @param attempts which of them, from 1, are refused */
    HandServer refusing(IntPredicate attempts) {
        refuses = attempts;
        return this;
    }

    HandServer with(SessionOptions options, UnaryOperator<ResumingTranscriber> settings) {
        return with(options, settings, Context.empty());
    }

    HandServer with(SessionOptions options, UnaryOperator<ResumingTranscriber> settings, Context context) {
        settings.apply(ResumingTranscriber.of(this).reconnecting(SOON).on(time))
                .transcribe(microphone.asFlux(), options)
                .contextWrite(context)
                .subscribe(events::add, failure::set, () -> done = true);
        return this;
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        return Flux.defer(() -> {
            if (refuses.test(++attempts)) {
                return Flux.error(new ConnectException("refused", null));
            }
            Session session = new Session();
            sessions.add(session);
            return Flux.create(sink -> {
                session.out = sink;
                sink.next(new SessionReady("s" + sessions.size(), null));
                Listener listener = new Listener(session, sink);
                sink.onDispose(listener);
                audio.subscribe(listener);
            });
        });
    }

    private static final class Listener extends BaseSubscriber<AudioSignal> {
        private final Session session;
        private final FluxSink<TranscriptionEvent> sink;

        Listener(Session session, FluxSink<TranscriptionEvent> sink) {
            this.session = session;
            this.sink = sink;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(1);
        }

        @Override
        protected void hookOnNext(AudioSignal signal) {
            if (signal instanceof AudioSignal.Chunk chunk) {
                ByteBuffer audio = chunk.audio().duplicate().order(java.nio.ByteOrder.LITTLE_ENDIAN);
                assertThat(audio.remaining()).isEqualTo(CHUNK);
                session.heard.add((int) audio.getShort());
            } else {
                session.signals.add(signal);
            }
            session.onSignal.accept(signal);
            request(1);
        }

        @Override
        protected void hookOnError(Throwable error) {
            sink.error(error);
        }

        @Override
        protected void hookOnComplete() {
            session.audioCompleted = true;
            if (session.completesWithTheAudio) {
                sink.complete();
            }
        }
    }

    // ---- the speaker

    /** Says that much all at once. */
    void hears(double seconds) {
        for (long i = Math.round(seconds * 10); i > 0; i--) {
            microphone.tryEmitNext(chunk(chunks++)).orThrow();
        }
    }

    /** Says that much as fast as one speaks. */
    void listens(double seconds) {
        for (long i = Math.round(seconds * 10); i > 0; i--) {
            hears(0.1);
            pass(0.1);
        }
    }

    void hears(AudioSignal signal) {
        microphone.tryEmitNext(signal).orThrow();
    }

    void pass(double seconds) {
        time.advanceTimeBy(s(seconds));
    }

    void hearsTheEnd() {
        microphone.tryEmitComplete().orThrow();
    }

    // ---- what came of it

    int opened() {
        return sessions.size();
    }

    Session session(int number) {
        return sessions.get(number - 1);
    }

    Session last() {
        return sessions.get(sessions.size() - 1);
    }

    List<TranscriptionEvent> events() {
        return events;
    }

    <T> List<T> only(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<String> texts() {
        return only(Final.class).stream().map(Final::transcript).toList();
    }

    @Nullable Throwable failure() {
        return failure.get();
    }

    boolean isDone() {
        return done;
    }

    AudioLedger ledger() {
        assertThat(events.get(events.size() - 1)).isInstanceOf(Summary.class);
        return only(Summary.class).get(0).ledger();
    }

    static AudioLedger.Entry entry(double start, double end, AudioLedger.State state) {
        return new AudioLedger.Entry(s(start), s(end), state, null);
    }

    static AudioLedger.Entry unkept(double start, double end) {
        return new AudioLedger.Entry(
                s(start), s(end), AudioLedger.State.LOST, "no longer kept when its session was lost");
    }

    static long bytes(double seconds) {
        return AudioFormat.PCM_16K.bytesIn(s(seconds));
    }
}
