package io.qwenasr.reactor.captions;

import com.googlecode.mp4parser.srt.SrtParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A cue as other people's parsers read it; milliseconds. */
record Shown(long start, long end, String text) {

    static List<Shown> of(List<Cue> cues) {
        return cues.stream()
                .map(cue -> new Shown(cue.start().toMillis(), cue.end().toMillis(), cue.text()))
                .toList();
    }

    /** Reads SRT as mp4parser does, to put it into videos; it ends each line with a line feed. */
    static List<Shown> parseSrt(String file) {
        try {
            return SrtParser.parse(new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8))).getSubs().stream()
                    .map(line -> new Shown(
                            line.getFrom(), line.getTo(), line.getText().replaceFirst("\n$", "")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
