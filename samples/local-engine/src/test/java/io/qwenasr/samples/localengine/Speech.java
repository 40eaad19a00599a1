package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.audio.Resampler;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;

/** The demo recording as bytes of audio, and what must hold of what is heard in it. */
final class Speech {

    private static final int HEADER = 44;
    private static final Duration LIMIT = Duration.ofSeconds(100);

    private Speech() {}

    static byte[] demo() {
        byte[] wav = DemoRecording.wav();
        return Arrays.copyOfRange(wav, HEADER, wav.length);
    }

    /** The first sentence of the demo and the pause after it. */
    static byte[] sentence() {
        return Arrays.copyOf(demo(), 4_600 * 32);
    }

    static byte[] telephone(byte[] pcm) {
        short[] samples = new short[pcm.length / 2];
        ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
        Resampler resampler = Resampler.create(16_000, 8_000);
        ByteBuffer result = ByteBuffer.allocate(pcm.length).order(ByteOrder.LITTLE_ENDIAN);
        for (short[] part : List.of(resampler.process(samples, 0, samples.length), resampler.finishShorts())) {
            for (short sample : part) {
                result.putShort(sample);
            }
        }
        return Arrays.copyOf(result.array(), result.position());
    }

    static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    static List<ByteBuffer> chunks(byte[] pcm) {
        return cut(pcm, () -> 3_200);
    }

    static List<ByteBuffer> randomChunks(byte[] pcm, Random random) {
        return cut(pcm, () -> random.nextInt(20) == 0 ? random.nextInt(100_000) : random.nextInt(5_000));
    }

    private static List<ByteBuffer> cut(byte[] pcm, java.util.function.IntSupplier sizes) {
        List<ByteBuffer> chunks = new ArrayList<>();
        for (int from = 0; from < pcm.length; ) {
            int length = Math.min(sizes.getAsInt(), pcm.length - from);
            chunks.add(ByteBuffer.wrap(pcm, from, length));
            from += length;
        }
        return chunks;
    }

    static List<TranscriptionEvent> transcribe(Transcriber engine, byte[] pcm, SessionOptions options) {
        return transcribe(engine, chunks(pcm), options);
    }

    static List<TranscriptionEvent> transcribe(Transcriber engine, List<ByteBuffer> chunks, SessionOptions options) {
        List<TranscriptionEvent> events = engine.transcribe(Flux.fromIterable(chunks), options)
                .collectList()
                .block(LIMIT);
        checkRules(events, options);
        return events;
    }

    static SessionOptions manual() {
        return SessionOptions.builder().manual().build();
    }

    static SessionOptions telephoneOptions() {
        return SessionOptions.builder().format(AudioFormat.PCM_8K).build();
    }

    static List<Final> finals(List<TranscriptionEvent> events) {
        return events.stream()
                .filter(Final.class::isInstance)
                .map(Final.class::cast)
                .toList();
    }

    static String transcript(List<TranscriptionEvent> events) {
        return finals(events).stream().map(Final::transcript).collect(Collectors.joining(" "));
    }

    static WordErrorRate errors(List<TranscriptionEvent> events) {
        return WordErrorRate.of(DemoRecording.script(), transcript(events));
    }

    /** The events with ids replaced by numbers in order of appearance, so that two sessions can be compared. */
    static List<String> withoutIds(List<TranscriptionEvent> events) {
        Map<String, String> names = new HashMap<>();
        return events.stream()
                .map(event -> java.util.regex.Pattern.compile("(item|sess)_[A-Za-z0-9]{21}")
                        .matcher(event.toString())
                        .replaceAll(id -> names.computeIfAbsent(id.group(), key -> "#" + names.size())))
                .toList();
    }

    /** What every session's events must keep to. */
    static void checkRules(List<TranscriptionEvent> events, SessionOptions options) {
        assertThat(events.get(0)).isInstanceOf(SessionReady.class);
        String item = null;
        String previous = null;
        boolean stopped = false;
        boolean committed = false;
        Partial last = null;
        for (TranscriptionEvent event : events.subList(1, events.size())) {
            if (event instanceof SpeechStarted started) {
                assertThat(options.isManual()).isFalse();
                assertThat(item).as("one item at a time").isNull();
                item = started.itemId();
            } else if (event instanceof Partial partial) {
                if (options.isManual() && item == null) {
                    item = partial.itemId();
                }
                assertThat(partial.itemId()).isEqualTo(item);
                assertThat(committed).isFalse();
                assertThat(partial).isNotEqualTo(last);
                assertThat(partial.language()).isEqualTo("en");
                assertThat(partial.emotion()).isNull();
                assertThat(partial.preview())
                        .isEqualTo(partial.preview().strip())
                        .doesNotContain("  ");
                if (last != null) {
                    assertThat(partial.text()).startsWith(last.text());
                }
                last = partial;
            } else if (event instanceof SpeechStopped end) {
                assertThat(end.itemId()).isEqualTo(item);
                stopped = true;
            } else if (event instanceof Committed commit) {
                assertThat(stopped).isEqualTo(!options.isManual());
                item = item == null ? commit.itemId() : item;
                assertThat(commit).isEqualTo(new Committed(item, previous));
                committed = true;
            } else if (event instanceof Final transcript) {
                assertThat(committed).isTrue();
                assertThat(transcript.itemId()).isEqualTo(item);
                assertThat(transcript.language()).isEqualTo("en");
                if (last != null) {
                    assertThat(transcript.transcript()).startsWith(last.text());
                }
                previous = item;
                item = null;
                last = null;
                stopped = false;
                committed = false;
            } else {
                throw new AssertionError("unexpected " + event);
            }
        }
        assertThat(item).as("item without an end").isNull();
    }
}
