package io.qwenasr.reactor.recording;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.EventOverflowException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.ProtocolException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.ReconnectFailedException;
import io.qwenasr.ServerError;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.TranscriptionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecordingReadTest {

    private static final String HEADER =
            "{\"recording\":1,\"started\":\"2026-11-22T10:15:30Z\",\"options\":{\"format\":\"pcm\",\"rate\":16000,"
                    + "\"turns\":\"vad\"}}\n";

    @TempDir
    Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("r.jsonl"), content);
    }

    @Test
    void readsWhatPeopleWrite() throws IOException {
        Recording recording = Recording.read(file(HEADER
                + " { \"x\" : {\"y\":[1,2.5,null,true]}, \"t\" : 5, \"out\" : \"final\", \"item\" : \"i\", \"transcript\" : \"嗨\" }\r\n"
                + "{\"t\":7,\"end\":\"completed\"}"));
        assertThat(recording.events()).containsExactly(new TranscriptionEvent.Final("i", "嗨", null, null, null, null));
        assertThat(recording.end().how()).isEqualTo(RecordedEntry.How.COMPLETED);
        assertThat(recording.duration()).isEqualTo(Duration.ofMillis(7));
        assertThat(recording.toString()).contains("COMPLETED after PT0.007S");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "not json | not well-formed JSON",
                "[1] | a JSON object is expected",
                "{\"t\":1,\"out\":\"cleared\"} 1 | more follows",
                "{\"out\":\"cleared\"} | 't' is missing",
                "{\"t\":\"1\",\"out\":\"cleared\"} | 't' must be an integer, not 1",
                "{\"t\":1.5,\"out\":\"cleared\"} | 't' must be an integer",
                "{\"t\":-1,\"out\":\"cleared\"} | 't' must not be negative, but is -1",
                "{\"t\":1} | 'in', 'out' or 'end' is missing",
                "{\"t\":1,\"out\":\"flash\"} | 'out' is 'flash', of which this version knows nothing",
                "{\"t\":1,\"in\":\"smell\"} | 'in' is 'smell'",
                "{\"t\":1,\"end\":\"perhaps\"} | 'end' is 'perhaps'",
                "{\"t\":1,\"out\":\"final\",\"item\":\"i\"} | 'transcript' is missing",
                "{\"t\":1,\"out\":\"started\",\"item\":\"i\",\"start\":\"1 s\"} | 'start' must be an ISO 8601 duration",
                "{\"t\":1,\"out\":\"dropped\",\"start\":\"PT1S\",\"end\":\"PT1S\"} | must have a length",
                "{\"t\":1,\"in\":\"gap\",\"length\":\"PT0S\"} | must be positive",
                "{\"t\":1,\"in\":\"chunk\"} | 'bytes' is missing",
                "{\"t\":1,\"in\":\"chunk\",\"bytes\":-1} | 'bytes' must be an integer from 0",
                "{\"t\":1,\"in\":\"chunk\",\"bytes\":2,\"audio\":\"?\"} | 'audio' must be standard base64",
                "{\"t\":1,\"in\":\"chunk\",\"bytes\":2,\"audio\":\"AAAA\"} | 'bytes' is 2, but 'audio' has 3",
                "{\"t\":1,\"end\":\"failed\"} | 'error' is missing",
                "{\"t\":1,\"end\":\"failed\",\"error\":{\"kind\":\"closed\",\"code\":\"x\"}} | 'error.code' must be an integer",
                "{\"t\":1,\"end\":\"failed\",\"error\":7} | 'error' must be an object, not 7",
                "{\"t\":1,\"t\":2,\"out\":\"cleared\"} | not well-formed JSON: Duplicate"
            })
    void tellsWhichLineIsWrongAndWhy(String line, String why) throws IOException {
        Path file = file(HEADER + "{\"t\":0,\"in\":\"commit\"}\n" + line + "\n{\"t\":9,\"end\":\"completed\"}\n");
        assertThatThrownBy(() -> Recording.read(file)).isInstanceOfSatisfying(RecordingException.class, e -> {
            assertThat(e.line()).isEqualTo(3);
            assertThat(e.file()).isEqualTo(file.toString());
            assertThat(e.getMessage()).contains("r.jsonl, line 3: ", why);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | the file is empty",
                "{} | 'recording' is missing",
                "{\"recording\":2} | a recording of version 2; this library reads version 1",
                "{\"recording\":1} | 'started' is missing",
                "{\"recording\":1,\"started\":\"today\"} | 'started' must be a time such as",
                "{\"recording\":1,\"started\":\"2026-11-22T10:15:30Z\"} | 'options' is missing",
                "{\"recording\":1,\"started\":\"2026-11-22T10:15:30Z\",\"options\":{\"format\":\"pcm\",\"rate\":44100,\"turns\":\"vad\"}} | sampleRate must be",
                "{\"recording\":1,\"started\":\"2026-11-22T10:15:30Z\",\"options\":{\"format\":\"mp3\"}} | 'options.format' is 'mp3'",
            })
    void tellsThatAFileIsNotARecording(String header, String why) throws IOException {
        Path file = file(header);
        assertThatThrownBy(() -> Recording.read(file))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("r.jsonl, line 1: ")
                .hasMessageContaining(why);
    }

    @Test
    void refusesTimesThatRunBackwardsAndLinesAfterTheEnd() throws IOException {
        Path backwards = file(HEADER + "{\"t\":5,\"in\":\"commit\"}\n{\"t\":4,\"in\":\"commit\"}\n");
        assertThatThrownBy(() -> Recording.read(backwards)).hasMessageContaining("line 3: 't' must not be less");
        Path after = file(HEADER + "{\"t\":5,\"end\":\"completed\"}\n{\"t\":6,\"in\":\"commit\"}\n");
        assertThatThrownBy(() -> Recording.read(after)).hasMessageContaining("line 3: the recording has ended");
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        Path file = Files.write(
                folder.resolve("r.jsonl"),
                (HEADER + "{\"t\":5,\"in\":\"commit\"}\n{\"t\":5,\"x\":\"\u00e9\",\"in\":\"commit\"}\n")
                        .getBytes(ISO_8859_1));
        assertThatThrownBy(() -> Recording.read(file)).hasMessageContaining("line 3: not UTF-8");
        assertThatThrownBy(() -> Recording.read(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    /** However much of a recording is on the disk, it is read as far as it goes, or refused for its first line. */
    @Test
    void readsARecordingThatWasCutOffAnywhere() throws IOException {
        byte[] whole = (HEADER + "{\"t\":1,\"out\":\"partial\",\"item\":\"i\",\"text\":\"你好\",\"stash\":\"\"}\n"
                        + "{\"t\":2,\"in\":\"complete\"}\n{\"t\":3,\"end\":\"completed\"}\n")
                .getBytes(UTF_8);
        int header = HEADER.length();
        for (int length = header; length < whole.length - 1; length++) {
            Path file = Files.write(folder.resolve("r.jsonl"), Arrays.copyOf(whole, length));
            Recording recording = Recording.read(file);
            assertThat(recording.end().how()).as("%s bytes", length).isEqualTo(RecordedEntry.How.TRUNCATED);
            assertThat(recording.truncation()).contains("without its last line");
        }
        assertThat(Recording.read(Files.write(folder.resolve("r.jsonl"), Arrays.copyOf(whole, whole.length - 1)))
                        .truncation())
                .isNull();
    }

    @Test
    void failsInAnOrderlyWayWhateverIsInTheFile() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] whole = (HEADER + "{\"t\":1,\"out\":\"final\",\"item\":\"i\",\"transcript\":\"x\",\"start\":\"PT1S\"}\n"
                        + "{\"t\":2,\"in\":\"chunk\",\"bytes\":3,\"audio\":\"AAAA\"}\n"
                        + "{\"t\":3,\"end\":\"failed\",\"error\":{\"kind\":\"closed\",\"code\":1006,\"reason\":\"\",\"phase\":\"streaming\"}}\n")
                .getBytes(UTF_8);
        for (int i = 0; i < 2_000; i++) {
            byte[] damaged = whole.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) (random.nextBoolean() ? random.nextInt() : '"');
            }
            Path file = Files.write(folder.resolve("r.jsonl"), damaged);
            try {
                Recording.read(file);
            } catch (RecordingException expected) {
                assertThat(expected.line()).as("seed %s, round %s", seed, i).isPositive();
            }
        }
    }

    static Stream<QwenAsrException> errors() {
        ServerError error = new ServerError("server_error", "c", "m", null, "e");
        return Stream.of(
                new ConnectException("nothing listens", new IOException("refused")),
                new HandshakeRejectedException(
                        "wss://host/x", 401, Map.of("retry-after", "7", "x-request-id", "r"), "{}"),
                new HandshakeRejectedException("wss://host/x", 302, Map.of("location", "http://elsewhere"), null),
                new ServerErrorException(error, SessionPhase.STREAMING, "sess_1"),
                new ServerErrorException(error, SessionPhase.CONFIGURING, null),
                new ProtocolException("no JSON", SessionPhase.STREAMING, "sess_1", new IOException()),
                new ConnectionClosedException(1011, "oops", SessionPhase.FINISHING, "sess_1", null),
                new ConnectionClosedException(1006, "", SessionPhase.STREAMING, null, new IOException("reset")),
                new SessionTimeoutException(
                        SessionTimeoutException.Awaited.CONFIGURATION,
                        "answer to the configuration",
                        Duration.ofMillis(1_500),
                        SessionPhase.CONFIGURING,
                        "sess_1"),
                new IncompleteTranscriptException(List.of("a", "b"), 2, "sess_1"),
                new IncompleteTranscriptException(List.of(), 0, null),
                new IncompleteTranscriptException(
                        List.of(),
                        0,
                        new TranscriptionEvent.ErrorReported(error, Duration.ofSeconds(1), Duration.ofSeconds(2)),
                        "sess_1"),
                new IncompleteTranscriptException(
                        List.of("a"), 1, new TranscriptionEvent.ErrorReported(error), "sess_1"),
                new EventOverflowException(4_096, SessionPhase.STREAMING, "sess_1"),
                new InvalidSignalException("no commit here", SessionPhase.STREAMING, "sess_1"),
                new ReconnectFailedException(
                        120,
                        List.of(
                                new ConnectionClosedException(1006, "", SessionPhase.STREAMING, "sess_1", null),
                                new ConnectException("nothing\nlistens", null))));
    }

    @Test
    void errorsAreAllThatThereAre() {
        assertThat(errors().<Class<?>>map(QwenAsrException::getClass))
                .containsOnly(QwenAsrException.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("errors")
    void readsTheErrorsOfThisLibraryAsTheyWere(QwenAsrException error) throws IOException {
        String line = new String(
                EntryForm.line(new RecordedEntry.End(Duration.ZERO, RecordedEntry.How.FAILED, error, null)), UTF_8);
        Throwable read = Recording.read(file(HEADER + line)).end().error();
        assertThat(read).isExactlyInstanceOf(error.getClass()).hasMessage(error.getMessage());
        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("cause", "stackTrace", "suppressedExceptions", "detailMessage")
                .isEqualTo(error);
        assertThat(((QwenAsrException) read).isRetryable()).isEqualTo(error.isRetryable());
        assertThat(((QwenAsrException) read).phase()).isEqualTo(error.phase());
        if (error instanceof HandshakeRejectedException rejected) {
            HandshakeRejectedException again = (HandshakeRejectedException) read;
            for (String name : List.of("retry-after", "x-request-id", "location", "content-type")) {
                assertThat(again.header(name)).isEqualTo(rejected.header(name));
            }
        }
    }
}
