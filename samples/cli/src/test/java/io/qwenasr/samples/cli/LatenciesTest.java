package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    private static final int CHUNK = 3_200;

    private long now;
    private final AudioClock audio = new AudioClock(AudioFormat.PCM_16K, () -> now);
    private final Latencies latencies = new Latencies(() -> now);

    private void at(long millis) {
        now = Duration.ofMillis(1_000_000 + millis).toNanos();
    }

    private void send(long millis) {
        at(millis);
        audio.sent(CHUNK);
    }

    private void partial(long millis, String item, String text) {
        at(millis);
        latencies.arrived(new Partial(item, text, "", null, null));
    }

    private void end(long millis, String item, @Nullable Duration start, @Nullable Duration end) {
        at(millis);
        latencies.arrived(new Final(item, "x", null, null, start, end));
    }

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    void tellsWhenAPositionWasSpoken() {
        assertThat(audio.instantOf(ms(0))).isNull();
        send(100);
        send(200);
        send(500);
        assertThat(audio.instantOf(ms(50))).isEqualTo(ms(1_000_100).toNanos());
        assertThat(audio.instantOf(ms(100))).isEqualTo(ms(1_000_100).toNanos());
        assertThat(audio.instantOf(ms(150))).isEqualTo(ms(1_000_150).toNanos());
        assertThat(audio.instantOf(ms(250)))
                .as("after a stall")
                .isEqualTo(ms(1_000_350).toNanos());
        assertThat(audio.instantOf(ms(900))).isEqualTo(ms(1_000_500).toNanos());
        assertThat(audio.length()).isEqualTo(ms(300));
    }

    @Test
    void measuresFromTheWordsToTheResults() {
        for (int i = 1; i <= 50; i++) {
            send(i * 100L);
        }
        partial(1_200, "a", "");
        partial(1_600, "a", "one");
        partial(1_900, "a", "one two");
        end(2_700, "a", ms(1_000), ms(2_000));
        partial(3_000, "b", "three");
        end(4_600, "b", ms(2_200), ms(3_700));
        assertThat(latencies.firstPartial(audio)).isEqualTo(new Latencies.Summary(2, ms(700), ms(800)));
        assertThat(latencies.endToFinal(audio)).isEqualTo(new Latencies.Summary(2, ms(800), ms(900)));
    }

    @Test
    void leavesOutWhatIsUnknown() {
        send(100);
        end(300, "without times", null, null);
        assertThat(latencies.firstPartial(audio)).isNull();
        assertThat(latencies.endToFinal(audio)).isNull();
        end(400, "without partial", ms(0), ms(100));
        assertThat(latencies.firstPartial(audio)).isNull();
        assertThat(latencies.endToFinal(audio)).isEqualTo(new Latencies.Summary(1, ms(300), ms(300)));
    }

    @Test
    void takesTheMiddle() {
        assertThat(Latencies.Summary.of(Stream.of(ms(9), ms(1), ms(2))))
                .isEqualTo(new Latencies.Summary(3, ms(2), ms(9)));
    }
}
