package io.qwenasr.samples.cli;

import io.qwenasr.AudioSignal;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.audio.AudioTimeline;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * A transcriber that hears time: each second of audio that is not silent is an utterance, "second 1" and so on; in
 * manual mode each commit ends one, "3.5 seconds".
 *
 * <p>Samples of a certain size make things go wrong.
 */
final class SpeakingClock implements Transcriber {

    /** A sample of this size makes its utterance fail. */
    static final short UNINTELLIGIBLE = 30_000;

    /** A sample of this size makes the session fail. */
    static final short FATAL = 31_000;

    private final List<SessionOptions> asked;

    SpeakingClock() {
        this(new ArrayList<>());
    }

    /** Adds the options of each session to a list. */
    SpeakingClock(List<SessionOptions> asked) {
        this.asked = asked;
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        return Flux.defer(() -> {
            asked.add(options);
            Session session = new Session(options);
            return Flux.from(audio)
                    .concatMapIterable(session::accept, 1)
                    .concatWith(Flux.defer(() -> Flux.fromIterable(session.finish())));
        });
    }

    private static final class Session {
        private final SessionOptions options;
        private final long second;
        private final AudioTimeline timeline;
        private int items;
        private long position;
        private long length;
        private boolean failing;
        private @Nullable String open;

        Session(SessionOptions options) {
            this.options = options;
            this.timeline = new AudioTimeline(options.format());
            this.second = options.format().bytesIn(Duration.ofSeconds(1));
        }

        List<TranscriptionEvent> accept(AudioSignal signal) {
            List<TranscriptionEvent> events = new ArrayList<>();
            if (signal instanceof AudioSignal.Chunk chunk) {
                timeline.heard(chunk.audio().remaining());
                ByteBuffer samples = chunk.audio().duplicate().order(ByteOrder.LITTLE_ENDIAN);
                while (samples.remaining() >= Short.BYTES) {
                    accept(samples.getShort(), events);
                }
            } else if (signal instanceof AudioSignal.Commit) {
                events.addAll(end());
            } else if (signal instanceof AudioSignal.Gap gap) {
                events.add(timeline.gap(gap));
            }
            return events.stream().map(timeline::place).toList();
        }

        private void accept(short sample, List<TranscriptionEvent> events) {
            if (sample == FATAL) {
                throw new IllegalStateException("the engine is on fire");
            }
            if (open == null && (sample != 0 || options.isManual())) {
                open = "item_" + ++items;
                if (!options.isManual()) {
                    events.add(new SpeechStarted(open, at(position)));
                }
            }
            failing |= sample == UNINTELLIGIBLE;
            position += Short.BYTES;
            if (open == null) {
                return;
            }
            length += Short.BYTES;
            if (!options.isManual() && length == second / 2) {
                events.add(new Partial(open, "sec", "...", "en", null));
            }
            if (!options.isManual() && length == second) {
                events.addAll(end());
            }
        }

        List<TranscriptionEvent> finish() {
            return end().stream().map(timeline::place).toList();
        }

        private List<TranscriptionEvent> end() {
            String item = open;
            if (item == null) {
                return List.of();
            }
            List<TranscriptionEvent> events = new ArrayList<>();
            if (!options.isManual()) {
                events.add(new SpeechStopped(item, at(position)));
            }
            events.add(new Committed(item, null));
            String text = options.isManual() ? at(length).toMillis() / 1000.0 + " seconds" : "second " + items;
            events.add(
                    failing
                            ? new Failed(item, new ServerError("server_error", "mumble", "not a word", null, null))
                            : new Final(item, text, "en", null, null, null));
            open = null;
            length = 0;
            failing = false;
            return events;
        }

        private Duration at(long bytes) {
            return options.format().durationOf(bytes);
        }
    }
}
