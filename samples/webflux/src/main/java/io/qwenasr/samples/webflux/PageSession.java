package io.qwenasr.samples.webflux;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.reactor.LiveBuffer;
import io.qwenasr.reactor.SessionListener;
import io.qwenasr.session.ClientSession;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** One connection of the page: its frames become audio, and what is to be said to it becomes JSON. */
abstract sealed class PageSession {

    private static final AudioFormat FORMAT = AudioFormat.PCM_16K;

    private final SessionOptions options;
    private final AudioLimit limit;
    private final Notices notices = new Notices();
    private final Sinks.Empty<Void> refusal = Sinks.empty();
    private volatile CloseStatus closeStatus = CloseStatus.NORMAL;

    private PageSession(SessionOptions options, AudioLimit limit) {
        this.options = options;
        this.limit = limit;
    }

    static PageSession of(@Nullable String source, SessionOptions options, AudioLimit limit) {
        if (source == null || source.equals("microphone")) {
            return new Live(options, limit);
        }
        if (source.equals("file")) {
            return new Upload(options, limit);
        }
        throw new Refusal(HttpStatus.BAD_REQUEST, "source must be microphone or file");
    }

    /** Takes a frame; called by the connection's event loop. */
    final void received(WebSocketMessage message) {
        try {
            if (message.getType() == WebSocketMessage.Type.BINARY) {
                byte[] bytes = new byte[message.getPayload().readableByteCount()];
                message.getPayload().read(bytes);
                limit.takeFrame(bytes.length);
                audio(bytes);
            } else if (message.getType() == WebSocketMessage.Type.TEXT) {
                command(message.getPayloadAsText());
            }
        } catch (Refusal refused) {
            // Not by way of the audio, where it would wait for the service to take what came before.
            refusal.tryEmitError(refused);
        }
    }

    private void command(String command) {
        if (command.equals("finish")) {
            finish();
        } else if (command.equals("commit") && options.isManual()) {
            commit();
        } else {
            throw new Refusal(
                    HttpStatus.BAD_REQUEST,
                    "A text frame must be finish"
                            + (options.isManual() ? " or commit." : "; commit is for manual mode."));
        }
    }

    /** What the page is to hear, to the end. Cancelling it ends the session at once. */
    final Flux<Map<String, Object>> events(Transcriptions transcriptions) {
        Flux<Map<String, Object>> events = transcribed(transcriptions)
                .contextWrite(new Interruptions()::in)
                .takeUntilOther(refusal.asMono())
                .map(EventJson::of)
                .concatWithValues(EventJson.type("done").members())
                .onErrorResume(error -> {
                    Problem problem = Problem.of(error);
                    closeStatus = PageSocket.closeStatus(problem);
                    return Flux.just(problem.asEvent());
                })
                .doOnTerminate(notices::complete);
        // One ahead: what is taken here can no longer give way to a newer partial.
        return Flux.merge(1, notices.asFlux(), events);
    }

    Flux<TranscriptionEvent> transcribed(Transcriptions transcriptions) {
        return transcriptions.transcribe(signals(), options);
    }

    final CloseStatus closeStatus() {
        return closeStatus;
    }

    /** Tells the page at once; when the next session is there, {@code Reconnected} does. */
    private final class Interruptions implements SessionListener {
        @Override
        public void onSession(ClientSession session) {}

        @Override
        public void onLost(Throwable cause) {
            tell("interrupted", EventJson.type("interrupted")::members);
        }
    }

    final void tell(String type, Supplier<Map<String, Object>> notice) {
        notices.tell(type, notice);
    }

    final SessionOptions options() {
        return options;
    }

    abstract void audio(byte[] bytes);

    abstract void commit();

    abstract void finish();

    abstract Flux<AudioSignal> signals();

    /** A microphone does not wait: what the service cannot take yet waits here, the oldest goes first. */
    private static final class Live extends PageSession {

        private static final Duration CAPACITY = Duration.ofMinutes(1);

        /** Each second, so that a page knows that it is heard. */
        private static final long TELL_BYTES = FORMAT.bytesIn(Duration.ofSeconds(1));

        private final Sinks.Many<AudioSignal> signals = Sinks.many().unicast().onBackpressureBuffer();
        private final AtomicLong heard = new AtomicLong();
        private long told;

        Live(SessionOptions options, AudioLimit limit) {
            super(options, limit);
        }

        @Override
        void audio(byte[] bytes) {
            signals.tryEmitNext(AudioSignal.chunk(ByteBuffer.wrap(bytes)));
            long now = heard.addAndGet(bytes.length);
            if (now - told >= TELL_BYTES) {
                told = now;
                tell(
                        "heard",
                        () -> EventJson.type("heard")
                                .with("heard_ms", FORMAT.durationOf(heard.get()))
                                .members());
            }
        }

        @Override
        void commit() {
            signals.tryEmitNext(AudioSignal.commit());
        }

        @Override
        void finish() {
            signals.tryEmitComplete();
        }

        @Override
        Flux<AudioSignal> signals() {
            return LiveBuffer.dropOldest(CAPACITY, FORMAT).apply(signals.asFlux());
        }
    }

    /** A file waits: the page sends as much as it has credit for. */
    private static final class Upload extends PageSession {

        private static final int WINDOW = 512 * 1024;

        private final Sinks.Many<ByteBuffer> file = Sinks.many().unicast().onBackpressureBuffer();
        private final AtomicLong credit = new AtomicLong();
        private final AtomicLong untold = new AtomicLong();

        Upload(SessionOptions options, AudioLimit limit) {
            super(options, limit);
        }

        @Override
        void audio(byte[] bytes) {
            if (credit.addAndGet(-bytes.length) < 0) {
                throw new Refusal(HttpStatus.BAD_REQUEST, "More of the file was sent than there was credit for.");
            }
            file.tryEmitNext(ByteBuffer.wrap(bytes));
        }

        @Override
        void commit() {
            throw new Refusal(HttpStatus.BAD_REQUEST, "A file is transcribed as a whole; there is nothing to commit.");
        }

        @Override
        void finish() {
            file.tryEmitComplete();
        }

        @Override
        Flux<AudioSignal> signals() {
            Flux<ByteBuffer> taken =
                    file.asFlux().doOnSubscribe(begun -> grant(WINDOW)).doOnNext(bytes -> grant(bytes.remaining()));
            return AudioSources.decode(taken, FORMAT).map(AudioSignal::chunk);
        }

        /** What is no audio opens no session. */
        @Override
        Flux<TranscriptionEvent> transcribed(Transcriptions transcriptions) {
            return transcriptions.transcribeIfAudio(signals(), options());
        }

        private void grant(int bytes) {
            credit.addAndGet(bytes);
            untold.addAndGet(bytes);
            tell(
                    "credit",
                    () -> EventJson.type("credit")
                            .with("bytes", untold.getAndSet(0))
                            .members());
        }
    }
}
