package io.qwenasr.reactor.recording;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.reactor.recording.LineReader.BadLineException;
import io.qwenasr.reactor.recording.RecordedEntry.How;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The lines of a recording. */
final class EntryForm {

    /** What {@code in} can be. */
    private enum In {
        CHUNK,
        COMMIT,
        CLEAR,
        GAP,
        COMPLETE,
        FAILURE
    }

    private EntryForm() {}

    static byte[] header(Instant started, SessionOptions options, boolean audio) {
        return LineWriter.line(line -> line.number("recording", Recording.VERSION)
                .text("started", started.toString())
                .flag("audio", audio)
                .object("options", out -> OptionsForm.write(out, options)));
    }

    static byte[] line(RecordedEntry entry) {
        return LineWriter.line(line -> write(line.number("t", entry.at().toMillis()), entry));
    }

    private static void write(LineWriter line, RecordedEntry entry) {
        if (entry instanceof RecordedEntry.Audio chunk) {
            line.text("in", "chunk").number("bytes", chunk.bytes()).text("audio", base64(chunk.audio()));
        } else if (entry instanceof RecordedEntry.Signal signal) {
            write(line, signal.signal());
        } else if (entry instanceof RecordedEntry.Event event) {
            EventForm.write(line, event.event());
        } else if (entry instanceof RecordedEntry.AudioEnd end) {
            Throwable error = end.error();
            line.text("in", error == null ? "complete" : "failure");
            if (error != null) {
                line.object("error", out -> ErrorForm.write(out, error));
            }
        } else if (entry instanceof RecordedEntry.End end) {
            Throwable error = end.error();
            line.text("end", end.how().name().toLowerCase(Locale.ROOT)).text("reason", end.reason());
            if (error != null) {
                line.object("error", out -> ErrorForm.write(out, error));
            }
        }
    }

    private static void write(LineWriter line, AudioSignal signal) {
        if (signal instanceof AudioSignal.Commit) {
            line.text("in", "commit");
        } else if (signal instanceof AudioSignal.Clear) {
            line.text("in", "clear");
        } else if (signal instanceof AudioSignal.Gap gap) {
            line.text("in", "gap").duration("length", gap.length());
        } else {
            throw new IllegalArgumentException(
                    "the recorder does not know signals of " + signal.getClass().getName());
        }
    }

    private static @Nullable String base64(@Nullable ByteBuffer audio) {
        if (audio == null) {
            return null;
        }
        byte[] bytes = new byte[audio.remaining()];
        audio.duplicate().get(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    static RecordedEntry read(LineReader line) {
        Duration at = Duration.ofMillis(line.number("t"));
        if (at.isNegative()) {
            throw new BadLineException("'t' must not be negative, but is " + at.toMillis());
        }
        if (line.has("out")) {
            return new RecordedEntry.Event(at, EventForm.read(line));
        }
        if (line.has("end")) {
            How how = line.constant(How.class, "end");
            Throwable error = how == How.FAILED ? ErrorForm.read(line.object("error")) : null;
            return new RecordedEntry.End(at, how, error, line.textOrNull("reason"));
        }
        if (!line.has("in")) {
            throw new BadLineException("'in', 'out' or 'end' is missing");
        }
        return switch (line.constant(In.class, "in")) {
            case CHUNK -> chunk(at, line);
            case COMMIT -> new RecordedEntry.Signal(at, AudioSignal.commit());
            case CLEAR -> new RecordedEntry.Signal(at, AudioSignal.clear());
            case GAP -> new RecordedEntry.Signal(at, AudioSignal.gap(line.duration("length")));
            case COMPLETE -> new RecordedEntry.AudioEnd(at, null);
            case FAILURE -> new RecordedEntry.AudioEnd(at, ErrorForm.read(line.object("error")));
        };
    }

    private static RecordedEntry chunk(Duration at, LineReader line) {
        int bytes = line.count("bytes");
        String base64 = line.textOrNull("audio");
        if (base64 == null) {
            return new RecordedEntry.Audio(at, bytes, null);
        }
        byte[] audio;
        try {
            audio = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException malformed) {
            throw new BadLineException("'audio' must be standard base64");
        }
        if (audio.length != bytes) {
            throw new BadLineException("'bytes' is " + bytes + ", but 'audio' has " + audio.length);
        }
        return new RecordedEntry.Audio(at, bytes, ByteBuffer.wrap(audio).asReadOnlyBuffer());
    }
}
