package io.qwenasr.audio;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.ErrorReported;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AudioTimelineTest {

    private static final int SECOND = 32_000;
    private static final ServerError ERROR = new ServerError(null, "c", null, null, null);

    private final AudioTimeline timeline = new AudioTimeline(AudioFormat.PCM_16K);

    private static Duration s(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private AudioDropped gap(double seconds) {
        return timeline.gap(new AudioSignal.Gap(s(seconds)));
    }

    private Duration start(double heard) {
        return ((SpeechStarted) timeline.place(new SpeechStarted("i", s(heard)))).start();
    }

    private Duration end(double heard) {
        return ((SpeechStopped) timeline.place(new SpeechStopped("i", s(heard)))).end();
    }

    @Test
    void leavesEventsAsTheyAreWithoutGaps() {
        timeline.heard(SECOND);
        TranscriptionEvent event = new SpeechStarted("i", s(0.5));
        assertThat(timeline.place(event)).isSameAs(event);
    }

    @Test
    void tellsTheRangeOfEachGapOnTheTimelineOfferedByTheCaller() {
        timeline.heard(SECOND);
        assertThat(gap(0.25)).isEqualTo(new AudioDropped(s(1), s(1.25)));
        timeline.heard(SECOND);
        assertThat(gap(2)).isEqualTo(new AudioDropped(s(2.25), s(4.25)));
        assertThat(gap(1).length()).isEqualTo(s(1));
    }

    @Test
    void shiftsWhatComesAfterAGapAndNothingBeforeIt() {
        timeline.heard(SECOND);
        gap(0.25);
        timeline.heard(SECOND);
        gap(2);
        assertThat(start(0.9)).isEqualTo(s(0.9));
        assertThat(start(1.1)).isEqualTo(s(1.35));
        assertThat(start(2.1)).isEqualTo(s(4.35));
        assertThat(timeline.place(new Final("i", "x", null, null, s(0.5), s(1.5))))
                .isEqualTo(new Final("i", "x", null, null, s(0.5), s(1.75)));
        assertThat(timeline.place(new ErrorReported(ERROR, s(0.5), s(1.5))))
                .isEqualTo(new ErrorReported(ERROR, s(0.5), s(1.75)));
        assertThat(timeline.place(new ErrorReported(ERROR))).isEqualTo(new ErrorReported(ERROR));
        assertThat(timeline.place(new Final("i", "x", null, null, null, null)))
                .isEqualTo(new Final("i", "x", null, null, null, null));
    }

    @Test
    void nothingInsertedIsNoDifference() {
        timeline.heard(SECOND);
        gap(0.25);
        timeline.inserted(0);
        assertThat(end(1)).isEqualTo(s(1));
        assertThat(start(1)).isEqualTo(s(1.25));
        timeline.heard(SECOND);
        timeline.inserted(SECOND);
        timeline.inserted(0);
        assertThat(start(1.5)).isEqualTo(s(1.75));
        assertThat(start(2.5)).isEqualTo(s(2.25));
        timeline.heard(SECOND);
        assertThat(start(3.5)).isEqualTo(s(2.75));
    }

    @Test
    void startsAfterAndEndsBeforeAGapAtTheSamePosition() {
        timeline.heard(SECOND);
        gap(0.25);
        gap(0.25);
        assertThat(start(1)).isEqualTo(s(1.5));
        assertThat(end(1)).isEqualTo(s(1));
    }

    @Test
    void staysRightForTheLatestAudioAfterMoreGapsThanItRemembers() {
        for (int i = 0; i < 3_000; i++) {
            timeline.heard(SECOND);
            gap(1);
        }
        assertThat(end(3_000)).isEqualTo(s(5_999));
        assertThat(start(2_500.5)).isEqualTo(s(5_000.5));
        assertThat(start(10)).isEqualTo(s(10 + 1_976));
    }

    @Test
    void leavesInsertedAudioOutOfTheCount() {
        timeline.heard(SECOND);
        for (int i = 0; i < 2_000; i++) {
            timeline.inserted(SECOND / 10);
        }
        timeline.heard(SECOND);
        assertThat(end(0.5)).isEqualTo(s(0.5));
        assertThat(end(1)).isEqualTo(s(1));
        assertThat(start(1)).isEqualTo(s(1));
        assertThat(end(1.05)).isEqualTo(s(1));
        assertThat(end(150)).isEqualTo(s(1));
        assertThat(start(201)).isEqualTo(s(1));
        assertThat(start(201.5)).isEqualTo(s(1.5));
        timeline.inserted(SECOND);
        gap(3);
        timeline.heard(SECOND);
        assertThat(end(202)).isEqualTo(s(2));
        assertThat(start(203.5)).isEqualTo(s(5.5));
        assertThat(end(0.5)).isEqualTo(s(0.5));
    }
}
