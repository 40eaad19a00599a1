package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioLedger;
import io.qwenasr.AudioLedger.Entry;
import io.qwenasr.AudioLedger.State;
import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VerdictTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Final SPOKEN = new Final("a", "said", null, null, null, null);

    private final List<String> said = new ArrayList<>();
    private final Verdict verdict = new Verdict(said::add);

    static Summary summary(State last) {
        return new Summary(new AudioLedger(List.of(
                new Entry(Duration.ZERO, SECOND, State.SETTLED, null),
                new Entry(SECOND, SECOND.multipliedBy(3), last, last == State.LOST ? "no longer kept" : null))));
    }

    static Reconnected reconnected(Duration lost) {
        return new Reconnected("s2", SECOND, lost, 1, new IllegalStateException("gone"));
    }

    /** After each of these the transcript has a hole. */
    static Stream<TranscriptionEvent> holes() {
        return Stream.of(
                new AudioDropped(SECOND, SECOND.multipliedBy(3)),
                reconnected(SECOND.multipliedBy(2)),
                summary(State.LOST),
                new Failed("b", new ServerError("server_error", "mumble", "not a word", null, null)));
    }

    @ParameterizedTest
    @MethodSource("holes")
    void isNotDoneIfAPartIsMissing(TranscriptionEvent hole) {
        verdict.accept(SPOKEN);
        verdict.accept(hole);
        assertThat(verdict.isPartial()).isTrue();
        assertThat(verdict.of("talk.wav")).isEqualTo(ExitCode.PARTLY_FAILED);
        assertThat(said).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("holes")
    void isNotWithoutSpeechIfAPartIsMissing(TranscriptionEvent hole) {
        verdict.accept(hole);
        assertThat(verdict.of("talk.wav")).isEqualTo(ExitCode.PARTLY_FAILED);
    }

    @Test
    void isDoneIfWhatWasCutWasSentAgain() {
        verdict.accept(SPOKEN);
        verdict.accept(reconnected(Duration.ZERO));
        verdict.accept(new Summary(new AudioLedger(List.of(new Entry(Duration.ZERO, SECOND, State.SETTLED, null)))));
        assertThat(verdict.isPartial()).isFalse();
        assertThat(verdict.of("talk.wav")).isEqualTo(ExitCode.OK);
        assertThat(said).isEmpty();
    }

    @Test
    void countsEachLossOnce() {
        verdict.accept(new AudioDropped(SECOND, SECOND.multipliedBy(3)));
        verdict.accept(reconnected(SECOND.multipliedBy(2)));
        verdict.accept(summary(State.LOST));
        assertThat(verdict.missing()).isEqualTo("2.00 s of audio was lost");
    }

    @Test
    void tellsWhatIsMissing() {
        holes().filter(Failed.class::isInstance).forEach(verdict::accept);
        assertThat(verdict.missing()).isEqualTo("1 utterance could not be transcribed");
        verdict.accept(summary(State.LOST));
        assertThat(verdict.missing()).isEqualTo("2.00 s of audio was lost and 1 utterance could not be transcribed");
    }
}
