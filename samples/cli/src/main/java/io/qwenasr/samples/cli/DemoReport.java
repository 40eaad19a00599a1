package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent.Final;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the demo prints after the captions: the transcript with its times, and what was measured. */
final class DemoReport {

    private DemoReport() {}

    static void print(Page page, List<Final> finals, AudioClock audio, Latencies latencies) {
        page.line("");
        page.line("Transcript");
        for (Final end : finals) {
            String times = Text.position(end.start()) + "–" + Text.position(end.end()) + "  ";
            page.line(times + Text.oneLine(end.transcript()), times.length());
        }
        page.line("");
        page.line("Measured");
        page.line(row("audio", Text.seconds(audio.length())));
        page.line(row("utterances", Integer.toString(finals.size())));
        page.line(row("", "median   max"));
        page.line(row("first partial", times(latencies.firstPartial(audio))));
        page.line(row("end to final", times(latencies.endToFinal(audio))));
        page.line("");
        page.line("First partial: from the beginning of an utterance to its first caption.");
        page.line("End to final: from the end of its speech to its final caption.");
    }

    private static String row(String name, String value) {
        return String.format("%-14s %s", name, value);
    }

    private static String times(Latencies.@Nullable Summary summary) {
        return summary == null ? "-" : Text.seconds(summary.median()) + "   " + Text.seconds(summary.max());
    }
}
