package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.reactor.CommitBoundaries;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The demo recording, cut into utterances by the caller, over a real socket: the words are those that the server
 * hears when it detects the turns itself.
 *
 * <p>The recording pauses at 3.7 to 4.7 s, 7.5 to 8.5 s and 11.6 to 12.6 s, and from 15.6 s to its end.
 */
class ManualUtterancesTest {

    private static final Duration LIMIT = Duration.ofSeconds(100);
    private static final AudioFormat FORMAT = AudioFormat.PCM_16K;
    private static final double MOST_ERRORS = 0.05;
    private static final int LEAST_WORDS = 38;

    /** Where the button is released: in each pause. */
    private static final List<Duration> RELEASES =
            List.of(Duration.ofMillis(4_200), Duration.ofMillis(8_000), Duration.ofMillis(12_100));

    private static LocalEngine engine;
    private static RunningServer server;
    private static Run detected;
    private static Run pushToTalk;
    private static Run fixedLength;
    private static Run silence;

    /** A session that has begun, and where the caller committed. */
    private record Run(Mono<List<TranscriptionEvent>> events, List<Duration> commits) {

        static Run begin(Flux<AudioSignal> signals, SessionOptions options) {
            List<Duration> commits = new ArrayList<>();
            long[] bytes = {0};
            Flux<AudioSignal> watched = signals.doOnNext(signal -> {
                if (signal instanceof AudioSignal.Chunk chunk) {
                    bytes[0] += chunk.audio().remaining();
                } else {
                    commits.add(FORMAT.durationOf(bytes[0]));
                }
            });
            Mono<List<TranscriptionEvent>> events = QwenAsrClient.builder(server.endpoint())
                    .build()
                    .transcribe(watched, options)
                    .collectList()
                    .cache();
            events.subscribe(all -> {}, error -> {});
            return new Run(events, commits);
        }

        List<TranscriptionEvent> all() {
            return events.block(LIMIT);
        }
    }

    /** All at once, or they take too long. */
    @BeforeAll
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    static void start() {
        engine = LocalEngine.builder().load();
        server = QwenAsrServer.builder(engine).build().start().block(LIMIT);
        detected = Run.begin(demo().map(AudioSignal::chunk), SessionOptions.defaults());
        pushToTalk = Run.begin(demoWithButton(), Speech.manual());
        // Each cut falls into a pause; one that cuts a word costs that word.
        fixedLength =
                Run.begin(demo().transform(CommitBoundaries.every(Duration.ofSeconds(4), FORMAT)), Speech.manual());
        silence = Run.begin(
                demo().transform(CommitBoundaries.onSilence(Duration.ofMillis(600), FORMAT)), Speech.manual());
    }

    @AfterAll
    static void stop() {
        server.stop(LIMIT).block(LIMIT);
        engine.close();
    }

    private static Flux<ByteBuffer> demo() {
        return Flux.fromIterable(Speech.chunks(Speech.demo()));
    }

    /** The button is released when the audio up to there has been taken, and more is asked for. */
    private static Flux<AudioSignal> demoWithButton() {
        Sinks.Many<String> button = Sinks.many().unicast().onBackpressureBuffer();
        long[] taken = {0};
        Flux<ByteBuffer> microphone = demo().doOnNext(chunk -> {
            if (RELEASES.contains(FORMAT.durationOf(taken[0]))) {
                button.tryEmitNext("released").orThrow();
            }
            taken[0] += chunk.remaining();
        });
        return microphone.transform(CommitBoundaries.when(button.asFlux(), FORMAT));
    }

    @Test
    void pushToTalk() {
        List<Final> finals = finals("push to talk", pushToTalk);
        assertThat(finals).hasSize(4).extracting(Final::end).startsWith(RELEASES.toArray(Duration[]::new));
        eachSentenceIsAnUtterance(finals);
    }

    @Test
    void fixedLength() {
        eachSentenceIsAnUtterance(withoutRestOfAPause(finals("fixed length", fixedLength)));
    }

    @Test
    void silence() {
        eachSentenceIsAnUtterance(withoutRestOfAPause(finals("silence", silence)));
    }

    /** Returns the finals, one for each commit, which together say what the server heard by itself. */
    private static List<Final> finals(String what, Run run) {
        List<TranscriptionEvent> events = run.all();
        Speech.checkRules(events, Speech.manual());
        List<Final> finals = Speech.finals(events);
        assertThat(finals).extracting(Final::end).as("a final for each commit").isEqualTo(run.commits());
        assertThat(finals).extracting(Final::itemId).doesNotHaveDuplicates();
        WordErrorRate errors = WordErrorRate.of(Speech.transcript(detected.all()), Speech.transcript(events));
        System.out.println(what + ": " + errors.errors() + " of " + errors.words() + " words wrong: "
                + finals.stream().map(Final::transcript).collect(Collectors.joining(" | ")));
        assertThat(errors.words()).isGreaterThanOrEqualTo(LEAST_WORDS);
        assertThat(errors.rate()).isLessThanOrEqualTo(MOST_ERRORS);
        return finals;
    }

    private static List<Final> withoutRestOfAPause(List<Final> finals) {
        assertThat(finals).hasSize(5);
        assertThat(finals.get(4).transcript()).isEmpty();
        return finals.subList(0, 4);
    }

    private static void eachSentenceIsAnUtterance(List<Final> finals) {
        List<String> sentences = DemoRecording.sentences();
        for (int i = 0; i < sentences.size(); i++) {
            WordErrorRate errors =
                    WordErrorRate.of(sentences.get(i), finals.get(i).transcript());
            assertThat(errors.errors()).as(sentences.get(i)).isLessThanOrEqualTo(2);
        }
    }
}
