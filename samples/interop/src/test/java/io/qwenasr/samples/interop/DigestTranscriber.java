package io.qwenasr.samples.interop;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TurnDetection;
import io.qwenasr.audio.AudioTimeline;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * A transcriber whose events follow from the audio's bytes alone, however they are cut into chunks: each 100 ms
 * of an utterance "reads" as four Chinese numerals, its checksum. One wrong byte changes a transcript.
 *
 * <p>Speech is what is not digital silence; an utterance ends after the configured silence, in manual mode at a
 * commit.
 */
final class DigestTranscriber implements Transcriber {

    private static final String NUMERALS = "零一二三四五六七八九十百千万亿兆";
    private static final Duration WORD = Duration.ofMillis(100);

    private final Queue<SessionOptions> sessions = new ConcurrentLinkedQueue<>();

    /** Returns what each session so far was asked for. */
    List<SessionOptions> sessions() {
        return List.copyOf(sessions);
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        return Flux.defer(() -> {
            sessions.add(options);
            Session session = new Session(options);
            return Flux.from(audio)
                    .concatMapIterable(session::accept, 1)
                    .concatWith(Flux.defer(() -> Flux.fromIterable(session.finish())));
        });
    }

    private static final class Session {
        private final SessionOptions options;
        private final String language;
        private final long wordBytes;
        private final long silenceBytes;
        private final CRC32 word = new CRC32();
        private final AudioTimeline timeline;
        private List<TranscriptionEvent> out = new ArrayList<>();
        private int firstHalf = -1;
        private long position;
        private int items;
        private boolean open;
        private long bytesInWord;
        private long quietBytes;
        private String text = "";
        private String stash = "";

        Session(SessionOptions options) {
            this.options = options;
            this.timeline = new AudioTimeline(options.format());
            this.language = Objects.requireNonNullElse(options.language(), "en");
            this.wordBytes = options.format().bytesIn(WORD);
            this.silenceBytes = options.turnDetection() instanceof TurnDetection.ServerVad vad
                    ? options.format()
                            .bytesIn(Objects.requireNonNullElse(vad.silence(), TurnDetection.ServerVad.DEFAULT_SILENCE))
                    : Long.MAX_VALUE;
        }

        List<TranscriptionEvent> accept(AudioSignal signal) {
            if (signal instanceof AudioSignal.Chunk chunk) {
                ByteBuffer bytes = chunk.audio().duplicate();
                timeline.heard(bytes.remaining());
                while (bytes.hasRemaining()) {
                    onByte(bytes.get() & 0xFF);
                }
            } else if (signal instanceof AudioSignal.Commit) {
                end();
            } else if (signal instanceof AudioSignal.Gap gap) {
                out.add(timeline.gap(gap));
            } else {
                open = false;
            }
            return taken();
        }

        List<TranscriptionEvent> finish() {
            end();
            return taken();
        }

        private List<TranscriptionEvent> taken() {
            List<TranscriptionEvent> events = out.stream().map(timeline::place).toList();
            out = new ArrayList<>();
            return events;
        }

        private void onByte(int b) {
            if (firstHalf < 0) {
                firstHalf = b;
            } else {
                onSample(firstHalf, b);
                firstHalf = -1;
            }
        }

        private void onSample(int low, int high) {
            boolean quiet = (low | high) == 0;
            if (!open && (options.isManual() || !quiet)) {
                begin();
            }
            position += 2;
            if (!open) {
                return;
            }
            word.update(low);
            word.update(high);
            bytesInWord += 2;
            quietBytes = quiet ? quietBytes + 2 : 0;
            if (bytesInWord == wordBytes) {
                endWord();
            }
            if (quietBytes >= silenceBytes) {
                end();
            }
        }

        private void begin() {
            open = true;
            items++;
            word.reset();
            bytesInWord = 0;
            quietBytes = 0;
            text = "";
            stash = "";
            if (!options.isManual()) {
                out.add(new TranscriptionEvent.SpeechStarted(itemId(), at()));
            }
        }

        private void endWord() {
            text += stash;
            StringBuilder next = new StringBuilder(text.isEmpty() ? "" : "，");
            long checksum = word.getValue();
            for (int shift = 0; shift < 16; shift += 4) {
                next.append(NUMERALS.charAt((int) (checksum >> shift) & 0xF));
            }
            stash = next.toString();
            word.reset();
            bytesInWord = 0;
            if (!options.isManual()) {
                addPartial();
            }
        }

        private void addPartial() {
            out.add(new TranscriptionEvent.Partial(itemId(), text, stash, language, "neutral"));
        }

        private void end() {
            if (!open) {
                return;
            }
            if (bytesInWord > 0) {
                endWord();
            }
            if (!options.isManual()) {
                out.add(new TranscriptionEvent.SpeechStopped(itemId(), at()));
            }
            out.add(new TranscriptionEvent.Committed(itemId(), null));
            if (options.isManual()) {
                addPartial();
            }
            out.add(new TranscriptionEvent.Final(itemId(), text + stash + "。", language, "neutral", null, null));
            open = false;
        }

        private String itemId() {
            return "item_" + items;
        }

        private Duration at() {
            return options.format().durationOf(position);
        }
    }
}
