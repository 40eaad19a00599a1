package io.qwenasr.reactor.captions;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * Recognises audio whose samples are the number of the word that is being said, 0 for silence. A session fails once it has
 * heard so many samples.
 */
record WordHearer(Supplier<Long> samplesToLive) implements Transcriber {

    private static final int SAMPLES_PER_MILLI = 16;

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        return Flux.defer(() -> {
            Session session = new Session(samplesToLive.get());
            return Flux.concat(
                    Flux.just(new SessionReady("s", null)),
                    Flux.from(audio).concatMap(session::hear, 1),
                    Flux.defer(() -> Flux.fromIterable(session.silence())));
        });
    }

    private static SessionTimeoutException lost() {
        return new SessionTimeoutException(
                SessionTimeoutException.Awaited.SIGN_OF_LIFE,
                "sign of life",
                Duration.ofSeconds(1),
                SessionPhase.STREAMING,
                null);
    }

    private static final class Session {
        private final long samplesToLive;
        private final List<String> words = new ArrayList<>();
        private long samples;
        private int items;
        private long start;

        private Session(long samplesToLive) {
            this.samplesToLive = samplesToLive;
        }

        private Flux<TranscriptionEvent> hear(AudioSignal signal) {
            List<TranscriptionEvent> events = new ArrayList<>();
            ByteBuffer audio = ((AudioSignal.Chunk) signal).audio().duplicate().order(ByteOrder.LITTLE_ENDIAN);
            while (audio.remaining() > 1) {
                if (samples++ == samplesToLive) {
                    return Flux.concat(Flux.fromIterable(events), Flux.error(lost()));
                }
                short word = audio.getShort();
                if (word == 0) {
                    events.addAll(silence());
                } else {
                    speech("w" + word, events);
                }
            }
            return Flux.fromIterable(events);
        }

        private void speech(String word, List<TranscriptionEvent> events) {
            if (words.isEmpty()) {
                items++;
                start = samples / SAMPLES_PER_MILLI;
                events.add(Events.started(item(), start));
            } else if (words.get(words.size() - 1).equals(word)) {
                return;
            }
            words.add(word);
            int firm = Math.max(0, words.size() - 2);
            String text = String.join(" ", words.subList(0, firm)) + (firm == 0 ? "" : " ");
            events.add(Events.partial(item(), text, String.join(" ", words.subList(firm, words.size()))));
        }

        private List<TranscriptionEvent> silence() {
            if (words.isEmpty()) {
                return List.of();
            }
            long end = samples / SAMPLES_PER_MILLI;
            String transcript = String.join(" ", words);
            words.clear();
            return List.of(Events.stopped(item(), end), Events.done(item(), transcript, start, end));
        }

        private String item() {
            return "item_" + items;
        }
    }
}
