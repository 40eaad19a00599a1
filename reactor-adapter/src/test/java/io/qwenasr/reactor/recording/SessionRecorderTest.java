package io.qwenasr.reactor.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.CommitBoundaries;
import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.recording.RecordedEntry.How;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class SessionRecorderTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final SessionOptions MANUAL = SessionOptions.builder()
            .manual()
            .model("m-1")
            .language("zh")
            .corpusText("names\nand \"terms\"")
            .format(AudioFormat.PCM_8K)
            .build();

    @TempDir
    Path folder;

    private final List<Path> files = Collections.synchronizedList(new ArrayList<>());

    private SessionRecorder.Builder recording(Transcriber transcriber) {
        return SessionRecorder.builder(transcriber, folder.resolve("a/b")).whenWritten(files::add);
    }

    private Recording written(SessionRecorder recorder) throws IOException {
        recorder.written().block(LIMIT);
        return Recording.read(files.get(files.size() - 1));
    }

    private static Flux<AudioSignal> audio(int chunks) {
        return Flux.range(0, chunks).map(i -> AudioSignal.chunk(ByteBuffer.wrap(new byte[] {i.byteValue(), 2, 3, 4})));
    }

    /** Every kind of event. */
    private static List<TranscriptionEvent> events() {
        ServerError error = new ServerError("t", "c", "m", "p", "e");
        ServerError empty = new ServerError(null, null, null, null, null);
        return List.of(
                new TranscriptionEvent.SessionReady("sess_1", "m"),
                new TranscriptionEvent.SessionReady("sess_1", null),
                new TranscriptionEvent.SpeechStarted("i", Duration.ofNanos(1_234_567_891)),
                new TranscriptionEvent.SpeechStopped("i", Duration.ofMillis(99_000_000)),
                new TranscriptionEvent.SpeechStopped(null, Duration.ZERO),
                new TranscriptionEvent.Committed("i", null),
                new TranscriptionEvent.Committed("j", "i"),
                new TranscriptionEvent.Partial("i", "", "你好，世界 \u0000\u2028\"\\\n", "zh", "happy"),
                new TranscriptionEvent.Partial("i", "a", "", null, null),
                new TranscriptionEvent.Final("i", "x\r\ny", "zh", "neutral", Duration.ZERO, Duration.ofSeconds(1)),
                new TranscriptionEvent.Final("i", "", null, null, null, null),
                new TranscriptionEvent.Failed("i", error),
                new TranscriptionEvent.Failed("i", empty),
                new TranscriptionEvent.ErrorReported(error),
                new TranscriptionEvent.ErrorReported(error, Duration.ZERO, Duration.ofMillis(50)),
                new TranscriptionEvent.Cleared(),
                new TranscriptionEvent.AudioDropped(Duration.ZERO, Duration.ofMillis(20)),
                new TranscriptionEvent.Summary(new AudioLedger(List.of(
                        new AudioLedger.Entry(Duration.ZERO, Duration.ofSeconds(1), AudioLedger.State.SETTLED, null),
                        new AudioLedger.Entry(
                                Duration.ofSeconds(1), Duration.ofSeconds(2), AudioLedger.State.LOST, "not kept")))),
                new TranscriptionEvent.Summary(new AudioLedger(List.of())),
                new TranscriptionEvent.Unknown("x.y", "{\"type\":\"x.y\",\"a\":[1,2]}"));
    }

    @Test
    void keepsWhatAReconnectWasFor() throws IOException {
        ScriptedTranscriber script = ScriptedTranscriber.script()
                .emit(new TranscriptionEvent.Reconnected(
                        "s2", Duration.ofSeconds(3), Duration.ZERO, 2, new IllegalStateException("gone")))
                .build();
        SessionRecorder recorder = recording(script).build();
        recorder.transcribe(Flux.<AudioSignal>empty(), MANUAL).blockLast(LIMIT);
        TranscriptionEvent.Reconnected read = written(recorder).events().stream()
                .filter(TranscriptionEvent.Reconnected.class::isInstance)
                .map(TranscriptionEvent.Reconnected.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(read.sessionId()).isEqualTo("s2");
        assertThat(read.replayed()).isEqualTo(Duration.ofSeconds(3));
        assertThat(read.attempt()).isEqualTo(2);
        assertThat(read.cause()).isInstanceOfSatisfying(RecordedFailureException.class, cause -> {
            assertThat(cause.type()).isEqualTo(IllegalStateException.class.getName());
            assertThat(cause).hasMessage("gone");
        });
    }

    @Test
    void keepsEachKindOfEventAndSignal() throws IOException {
        List<TranscriptionEvent> events = events();
        ScriptedTranscriber script = ScriptedTranscriber.script()
                .withoutReady()
                .emit(events.toArray(TranscriptionEvent[]::new))
                .onUtterance(1)
                .say("one")
                .build();
        SessionRecorder recorder = recording(script).withAudio().build();
        List<AudioSignal> signals = List.of(
                AudioSignal.chunk(ByteBuffer.wrap(new byte[] {1, 2, 3, 4})),
                AudioSignal.chunk(ByteBuffer.allocate(0)),
                AudioSignal.clear(),
                AudioSignal.gap(Duration.ofNanos(1_500_000)),
                AudioSignal.chunk(ByteBuffer.wrap(new byte[] {5, 6, 7, 8}, 1, 2)),
                AudioSignal.commit());
        List<TranscriptionEvent> emitted = recorder.transcribe(Flux.fromIterable(signals), MANUAL)
                .collectList()
                .block(LIMIT);

        Recording recording = written(recorder);
        assertThat(recording.options()).isEqualTo(MANUAL);
        assertThat(recording.events()).isEqualTo(emitted).containsAll(events);
        assertThat(recording.signals().collectList().block(LIMIT))
                .isEqualTo(signals)
                .isEqualTo(script.session(1).signals());
        assertThat(recording.hasAudio()).isTrue();
        assertThat(recording.end().how()).isEqualTo(How.COMPLETED);
        assertThat(recording.truncation()).isNull();
        assertThat(recording.entries())
                .filteredOn(RecordedEntry.AudioEnd.class::isInstance)
                .hasSize(1);
    }

    @Test
    void leavesTheAudioOut() throws IOException {
        SessionRecorder recorder = recording(ScriptedTranscriber.finals("x")).build();
        recorder.transcribe(
                        Flux.just(AudioSignal.chunk(ByteBuffer.wrap("secret voice".getBytes(UTF_8)))),
                        SessionOptions.defaults())
                .blockLast(LIMIT);
        Recording recording = written(recorder);
        assertThat(recording.hasAudio()).isFalse();
        assertThat(recording.entries())
                .contains(new RecordedEntry.Audio(recording.entries().get(1).at(), 12, null));
        assertThat(Files.readString(files.get(0)))
                .doesNotContain("secret")
                .doesNotContain(Base64.getEncoder().encodeToString("secret voice".getBytes(UTF_8)));
        assertThat(recording.signals().blockFirst()).isEqualTo(AudioSignal.chunk(ByteBuffer.allocate(12)));
    }

    @Test
    void keepsTheOptionsOfAllModes() throws IOException {
        for (SessionOptions options : List.of(
                SessionOptions.defaults(),
                SessionOptions.builder().partials(false).build(),
                SessionOptions.builder()
                        .serverVad(-0.25, Duration.ofMillis(400))
                        .build(),
                SessionOptions.builder()
                        .format(new AudioFormat(AudioFormat.Encoding.OPUS, 16_000))
                        .build())) {
            SessionRecorder recorder = recording(ScriptedTranscriber.finals()).build();
            recorder.transcribe(Flux.<AudioSignal>empty(), options).blockLast(LIMIT);
            assertThat(written(recorder).options()).isEqualTo(options);
        }
    }

    @Test
    void tellsTheTimeOfItsClock() throws IOException {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        SessionRecorder recorder =
                recording(ScriptedTranscriber.finals("x")).clock(clock).build();
        TestPublisher<AudioSignal> source = TestPublisher.create();
        StepVerifier.create(recorder.transcribe(source, SessionOptions.defaults()))
                .expectNextCount(1)
                .then(() -> clock.advanceTimeBy(Duration.ofMillis(1_500)))
                .then(() -> source.next(AudioSignal.chunk(ByteBuffer.allocate(32_000))))
                .expectNextCount(6)
                .then(() -> clock.advanceTimeBy(Duration.ofHours(3)))
                .then(source::complete)
                .expectComplete()
                .verify(LIMIT);
        Recording recording = written(recorder);
        assertThat(recording.entries().get(0).at()).isEqualTo(Duration.ZERO);
        assertThat(recording.entries().get(1).at()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(recording.duration()).isEqualTo(Duration.ofMillis(1_500).plusHours(3));
    }

    @Test
    void changesNothingAboutDemand() throws IOException {
        ScriptedTranscriber script = ScriptedTranscriber.finals("one");
        SessionRecorder recorder = recording(script).build();
        List<Long> requests = new ArrayList<>();
        StepVerifier.create(recorder.transcribe(audio(5).doOnRequest(requests::add), SessionOptions.defaults()), 0)
                .expectSubscription()
                .then(() -> assertThat(requests).isEmpty())
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> assertThat(requests).isEmpty())
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> assertThat(requests).containsExactly(1L))
                .thenCancel()
                .verify(LIMIT);
        assertThat(written(recorder).end().how()).isEqualTo(How.CANCELLED);
    }

    @Test
    void tellsThatItWasCancelled() throws IOException {
        SessionRecorder recorder = recording(ScriptedTranscriber.finals("x")).build();
        StepVerifier.create(recorder.transcribe(Flux.<AudioSignal>never(), SessionOptions.defaults()))
                .expectNextCount(1)
                .thenCancel()
                .verify(LIMIT);
        assertThat(written(recorder).end().how()).isEqualTo(How.CANCELLED);
    }

    @Test
    void tellsAnErrorOfTheAudio() throws IOException {
        SessionRecorder recorder = recording(ScriptedTranscriber.finals("x")).build();
        StepVerifier.create(recorder.transcribe(
                        audio(1).concatWith(Flux.error(new IllegalStateException("unplugged"))),
                        SessionOptions.defaults()))
                .expectNextCount(2)
                .expectErrorMessage("unplugged")
                .verify(LIMIT);
        Recording recording = written(recorder);
        assertThat(recording.end().how()).isEqualTo(How.FAILED);
        assertThat(recording.end().error()).isInstanceOfSatisfying(RecordedFailureException.class, e -> {
            assertThat(e).hasMessage("unplugged");
            assertThat(e.type()).isEqualTo("java.lang.IllegalStateException");
        });
        assertThat(recording.entries())
                .filteredOn(RecordedEntry.AudioEnd.class::isInstance)
                .singleElement()
                .satisfies(end ->
                        assertThat(((RecordedEntry.AudioEnd) end).error()).hasMessage("unplugged"));
    }

    @Test
    void tellsWhatATranscriberThrows() throws IOException {
        SessionRecorder recorder = recording((audio, options) -> {
                    throw new UnsupportedOperationException("no Opus");
                })
                .build();
        StepVerifier.create(recorder.transcribe(audio(1), SessionOptions.defaults()))
                .expectErrorMessage("no Opus")
                .verify(LIMIT);
        assertThat(written(recorder).end().error()).hasMessage("no Opus");
    }

    @Test
    void writesAFileForEachSession() throws IOException {
        SessionRecorder recorder =
                recording(ScriptedTranscriber.digest()).withAudio().build();
        Flux.range(0, 20)
                .flatMap(i -> recorder.transcribe(audio(i + 1), MANUAL).subscribeOn(Schedulers.parallel()), 8)
                .blockLast(LIMIT);
        recorder.written().block(LIMIT);
        assertThat(files).hasSize(20).doesNotHaveDuplicates();
        List<Long> bytes = new ArrayList<>();
        for (Path file : files) {
            Recording recording = Recording.read(file);
            long sum = recording
                    .signals()
                    .filter(AudioSignal.Chunk.class::isInstance)
                    .map(s -> (long) ((AudioSignal.Chunk) s).audio().remaining())
                    .reduce(0L, Long::sum)
                    .block(LIMIT);
            assertThat(recording.events())
                    .anyMatch(e -> e instanceof TranscriptionEvent.Final f
                            && f.transcript().startsWith(sum + " bytes"));
            bytes.add(sum);
        }
        assertThat(bytes)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.iterate(4L, n -> n + 4).limit(20).toList());
    }

    @Test
    void keepsFilesFromOthers() throws IOException {
        SessionRecorder recorder = recording(ScriptedTranscriber.finals("x")).build();
        recorder.transcribe(audio(1), SessionOptions.defaults()).blockLast(LIMIT);
        written(recorder);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.get(0))))
                .isEqualTo("rw-------");
    }

    @Test
    void doesNotHarmASessionIfNothingCanBeWritten() throws IOException {
        Path taken = Files.writeString(folder.resolve("file"), "no folder");
        SessionRecorder recorder = SessionRecorder.builder(ScriptedTranscriber.finals("x"), taken)
                .whenWritten(files::add)
                .build();
        assertThat(recorder.transcribe(audio(1), SessionOptions.defaults())
                        .collectList()
                        .block(LIMIT))
                .hasSize(6);
        recorder.written().block(LIMIT);
        assertThat(files).isEmpty();
        assertThat(Files.readString(taken)).isEqualTo("no folder");
    }

    @Test
    void endsTheRecordingNotTheSessionWhenTheFileIsFull() throws IOException {
        SessionRecorder recorder = recording(ScriptedTranscriber.finals("x"))
                .withAudio()
                .maxFileBytes(4_096)
                .build();
        Flux<AudioSignal> large = Flux.range(0, 10).map(i -> AudioSignal.chunk(ByteBuffer.allocate(1_000)));
        assertThat(recorder.transcribe(large, SessionOptions.defaults())
                        .ofType(TranscriptionEvent.Final.class)
                        .collectList()
                        .block(LIMIT))
                .hasSize(1);
        Recording recording = written(recorder);
        assertThat(recording.end().how()).isEqualTo(How.TRUNCATED);
        assertThat(recording.truncation()).isEqualTo("the recording has reached 4096 bytes");
        assertThat(recording.entries())
                .filteredOn(RecordedEntry.Audio.class::isInstance)
                .hasSizeBetween(1, 4);
        assertThat(Files.size(files.get(0))).isLessThan(4_096 + 200);
    }

    @Test
    void refusesWhatIsNoLimit() {
        SessionRecorder.Builder builder = recording(ScriptedTranscriber.finals("x"));
        assertThatThrownBy(() -> builder.maxFileBytes(1)).hasMessageContaining("4096");
        assertThatThrownBy(() -> builder.maxWaitingBytes(1)).hasMessageContaining("4096");
    }

    @Test
    void letsTheClientSeeCommitsThatCannotBe() throws IOException {
        Transcriber client =
                QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:1/x")).build();
        SessionRecorder recorder = recording(client).build();
        Flux<AudioSignal> commits =
                CommitBoundaries.atEnd(AudioFormat.PCM_16K).apply(Flux.just(ByteBuffer.allocate(2)));
        StepVerifier.create(recorder.transcribe(commits, SessionOptions.defaults()))
                .expectError(InvalidSignalException.class)
                .verify(LIMIT);
        assertThat(written(recorder).end().error()).isInstanceOf(InvalidSignalException.class);
    }

    @Test
    void neverHoldsTheKey() throws IOException {
        String key = "sk-0a1b2c3d4e5f";
        RunningServer server = QwenAsrServer.builder(ScriptedTranscriber.finals("one"))
                .apiKeys(List.of(key))
                .build()
                .start()
                .block(LIMIT);
        for (String used : List.of(key, key + "x", key + "\nx")) {
            Transcriber client =
                    QwenAsrClient.builder(server.endpoint()).apiKey(used).build();
            SessionRecorder recorder = recording(client).withAudio().build();
            recorder.transcribe(audio(3), SessionOptions.defaults())
                    .onErrorComplete()
                    .blockLast(LIMIT);
            recorder.written().block(LIMIT);
        }
        server.stop(LIMIT).block(LIMIT.plusSeconds(10));
        assertThat(files).hasSize(3);
        List<How> ends = new ArrayList<>();
        for (Path file : files) {
            assertThat(Files.readString(file)).doesNotContain(key).doesNotContain("Bearer");
            ends.add(Recording.read(file).end().how());
        }
        assertThat(ends).containsExactly(How.COMPLETED, How.FAILED, How.FAILED);
    }
}
