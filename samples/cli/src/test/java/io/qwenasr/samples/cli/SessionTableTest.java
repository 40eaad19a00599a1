package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.samples.cli.CaptionScreen.Draft;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

class SessionTableTest {

    private final SessionTable table = new SessionTable(ZoneOffset.UTC);
    private final Deque<Sinks.Many<TranscriptionEvent>> scripts = new ArrayDeque<>();
    private final ServedSessions sessions = new ServedSessions(
            (audio, options) -> Flux.from(audio).thenMany(scripts.remove().asFlux()),
            () -> Instant.parse("2026-11-23T10:11:12Z"));

    private Sinks.Many<TranscriptionEvent> open(int seconds) {
        Sinks.Many<TranscriptionEvent> script = Sinks.many().unicast().onBackpressureBuffer();
        scripts.add(script);
        sessions.transcribe(audio(seconds), SessionOptions.defaults()).subscribe(event -> {}, error -> {});
        return script;
    }

    private static Flux<AudioSignal> audio(int seconds) {
        return Flux.range(0, seconds).map(i -> AudioSignal.chunk(ByteBuffer.allocate(32_000)));
    }

    private List<String> rows(int columns, int rows) {
        return table.draw(sessions.snapshot(), columns, rows).stream()
                .map(Draft::whole)
                .toList();
    }

    @Test
    void tellsThatThereIsNone() {
        assertThat(rows(77, 24)).containsExactly("sessions: 0 open, 0 ended, 0 failed; 0.0 s of audio");
    }

    @Test
    void showsOpenSessionsThenThoseThatAreOver() {
        Sinks.Many<TranscriptionEvent> first = open(2);
        first.tryEmitNext(new Final("a", "good\u001b[31m morning", "en", null, null, null));
        first.tryEmitComplete();
        Sinks.Many<TranscriptionEvent> second = open(3);
        second.tryEmitNext(new Final("a", "one", "en", null, null, null));
        second.tryEmitNext(new Failed("b", new ServerError("server_error", "x", "y", null, null)));
        second.tryEmitNext(new Partial("c", "and", " then", "en", null));
        open(1).tryEmitError(new IllegalStateException("sk-secret"));
        Sinks.Many<TranscriptionEvent> fourth = Sinks.many().unicast().onBackpressureBuffer();
        scripts.add(fourth);
        Disposable left =
                sessions.transcribe(audio(1), SessionOptions.defaults()).subscribe();
        left.dispose();
        assertThat(rows(77, 24))
                .containsExactly(
                        "sessions: 1 open, 1 ended, 1 cut, 1 failed; 7.0 s of audio",
                        "   #  since      audio  utt  state   text",
                        "   2  10:11:12    3.0 s    1  open    [1 not transcribed] and then",
                        "   4  10:11:12    1.0 s    0  cut     ",
                        "   3  10:11:12    1.0 s    0  failed  ",
                        "   1  10:11:12    2.0 s    1  ended   good?[31m morning");
        assertThat(rows(37, 24))
                .containsExactly(
                        "sessions: 1 open, 1 ended, 1 cut, 1 …",
                        "   #   audio  state   text",
                        "   2   3.0 s  open    …ibed] and then",
                        "   4   1.0 s  cut     ",
                        "   3   1.0 s  failed  ",
                        "   1   2.0 s  ended   …d?[31m morning");
    }

    @Test
    void fitsAnyTerminal() {
        for (int i = 0; i < 100; i++) {
            open(1).tryEmitNext(new Partial("a", "今天天气很好 👨\u200d👩\u200d👧 ".repeat(9), "", "zh", null));
        }
        for (int columns = 2; columns < 120; columns += 3) {
            for (int height = 1; height < 70; height += 4) {
                List<String> rows = rows(columns, height);
                assertThat(rows).hasSizeLessThanOrEqualTo(Math.min(42, Math.max(1, height)));
                int limit = columns;
                assertThat(rows).allMatch(row -> Columns.width(row) <= limit);
            }
        }
        assertThat(rows(77, 10)).last().isEqualTo("      and 94 more");
    }

    @Test
    void forgetsWhatIsLongOver() {
        for (int i = 0; i < 3 * ServedSessions.MAX_REMEMBERED; i++) {
            open(1).tryEmitComplete();
        }
        ServedSessions.Snapshot now = sessions.snapshot();
        assertThat(now.past()).hasSize(ServedSessions.MAX_REMEMBERED);
        assertThat(now.past().get(0).number()).isEqualTo(150);
        assertThat(now.ended()).isEqualTo(150);
        assertThat(now.audio()).hasSeconds(150);
    }
}
