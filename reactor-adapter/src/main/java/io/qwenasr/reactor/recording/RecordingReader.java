package io.qwenasr.reactor.recording;

import io.qwenasr.SessionOptions;
import io.qwenasr.reactor.recording.LineReader.BadLineException;
import io.qwenasr.reactor.recording.RecordedEntry.How;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the lines of one file. */
final class RecordingReader {

    private static final String NO_END = "the file ends without its last line, as if the recorder had been killed";

    private final Path file;
    private final List<RecordedEntry> entries = new ArrayList<>();
    private Duration last = Duration.ZERO;
    private int line;

    private RecordingReader(Path file) {
        this.file = file;
    }

    static Recording read(Path file) throws IOException {
        return new RecordingReader(file).read();
    }

    private Recording read() throws IOException {
        try (Lines lines = new Lines(file)) {
            line = 1;
            Lines.Line header = lines.next();
            if (header == null) {
                throw failure("the file is empty", null);
            }
            LineReader first = guarded(() -> parse(header));
            checkVersion(first);
            Instant started = started(first);
            SessionOptions options = guarded(() -> OptionsForm.read(first.object("options")));
            boolean audio = guarded(() -> first.flag("audio"));
            return new Recording(started, options, audio, entries, readEntries(lines));
        }
    }

    private void checkVersion(LineReader first) {
        if (!first.has("recording")) {
            throw failure("this is not a recording: 'recording' is missing", null);
        }
        long version = guarded(() -> first.number("recording"));
        if (version != Recording.VERSION) {
            throw failure(
                    "a recording of version " + version + "; this library reads version " + Recording.VERSION, null);
        }
    }

    private Instant started(LineReader first) {
        String text = guarded(() -> first.text("started"));
        try {
            return Instant.parse(text);
        } catch (DateTimeException malformed) {
            throw failure(
                    "'started' must be a time such as 2026-11-22T10:15:30Z, not " + LineReader.excerpt(text),
                    malformed);
        }
    }

    private RecordedEntry.End readEntries(Lines lines) throws IOException {
        for (Lines.Line next = lines.next(); next != null; next = lines.next()) {
            line++;
            Lines.Line current = next;
            RecordedEntry entry;
            try {
                entry = guarded(() -> EntryForm.read(parse(current)));
            } catch (RecordingException bad) {
                if (!current.whole()) {
                    // Cut off while it was written: the recorder writes the line feed last.
                    break;
                }
                throw bad;
            }
            checkOrder(entry);
            entries.add(entry);
            if (entry instanceof RecordedEntry.End end) {
                if (lines.next() != null) {
                    line++;
                    throw failure("the recording has ended on the line before", null);
                }
                return end;
            }
        }
        RecordedEntry.End truncated = new RecordedEntry.End(last, How.TRUNCATED, null, NO_END);
        entries.add(truncated);
        return truncated;
    }

    private void checkOrder(RecordedEntry entry) {
        if (entry.at().compareTo(last) < 0) {
            throw failure(
                    "'t' must not be less than on the line before, but is "
                            + entry.at().toMillis() + " after " + last.toMillis(),
                    null);
        }
        last = entry.at();
    }

    private static LineReader parse(Lines.Line line) {
        try {
            return LineReader.of(line.text());
        } catch (CharacterCodingException malformed) {
            throw new BadLineException("not UTF-8");
        }
    }

    private interface Reading<T> {
        T read();
    }

    private <T> T guarded(Reading<T> reading) {
        try {
            return reading.read();
        } catch (BadLineException | IllegalArgumentException bad) {
            throw failure(String.valueOf(bad.getMessage()), bad);
        }
    }

    private RecordingException failure(String message, @Nullable Throwable cause) {
        return new RecordingException(file, line, message, cause);
    }
}
