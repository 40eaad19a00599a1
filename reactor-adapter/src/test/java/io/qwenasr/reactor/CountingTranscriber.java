package io.qwenasr.reactor;

import io.qwenasr.AudioSignal;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.audio.AudioTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * A transcriber whose results follow from the audio alone: it counts bytes.
 *
 * <p>With server-side detection each second of audio is an utterance, "12 bytes" its transcript; in manual mode
 * each commit ends one.
 */
final class CountingTranscriber implements Transcriber {

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        return Flux.defer(() -> {
            Session session = new Session(options);
            return Flux.from(audio)
                    .concatMapIterable(session::accept, 1)
                    .concatWith(Flux.defer(() -> Flux.fromIterable(session.finish())));
        });
    }

    private static final class Session {
        private final SessionOptions options;
        private final long utteranceBytes;
        private final AudioTimeline timeline;
        private long total;
        private long inItem;
        private int items;
        private @Nullable String open;

        Session(SessionOptions options) {
            this.options = options;
            this.utteranceBytes = options.format().bytesIn(Duration.ofSeconds(1));
            this.timeline = new AudioTimeline(options.format());
        }

        List<TranscriptionEvent> accept(AudioSignal signal) {
            List<TranscriptionEvent> out = new ArrayList<>();
            if (signal instanceof AudioSignal.Chunk chunk) {
                int bytes = chunk.audio().remaining();
                timeline.heard(bytes);
                while (bytes > 0) {
                    int take = options.isManual() ? bytes : (int) Math.min(bytes, utteranceBytes - inItem);
                    begin(out);
                    total += take;
                    inItem += take;
                    bytes -= take;
                    out.add(new TranscriptionEvent.Partial(open(), inItem + "", " bytes", "en", null));
                    if (!options.isManual() && inItem == utteranceBytes) {
                        end(out);
                    }
                }
            } else if (signal instanceof AudioSignal.Commit) {
                end(out);
            } else if (signal instanceof AudioSignal.Gap gap) {
                out.add(timeline.gap(gap));
            } else {
                inItem = 0;
                out.add(new TranscriptionEvent.Cleared());
            }
            return out.stream().map(timeline::place).toList();
        }

        List<TranscriptionEvent> finish() {
            List<TranscriptionEvent> out = new ArrayList<>();
            end(out);
            return out.stream().map(timeline::place).toList();
        }

        private String open() {
            if (open == null) {
                throw new IllegalStateException(
                        new ServerError(null, null, "no utterance is open", null, null).describe());
            }
            return open;
        }

        private void begin(List<TranscriptionEvent> out) {
            if (open == null) {
                open = "item_" + ++items;
                if (!options.isManual()) {
                    out.add(new TranscriptionEvent.SpeechStarted(
                            open, options.format().durationOf(total)));
                }
            }
        }

        private void end(List<TranscriptionEvent> out) {
            if (open == null) {
                return;
            }
            if (!options.isManual()) {
                out.add(new TranscriptionEvent.SpeechStopped(
                        open, options.format().durationOf(total)));
            }
            out.add(new TranscriptionEvent.Committed(open, null));
            out.add(new TranscriptionEvent.Final(open, inItem + " bytes", "en", null, null, null));
            open = null;
            inItem = 0;
        }
    }
}
