package io.qwenasr.reactor.test;

import static io.qwenasr.reactor.test.TestSignals.MANUAL;
import static io.qwenasr.reactor.test.TestSignals.VAD;
import static io.qwenasr.reactor.test.TestSignals.chunk;
import static io.qwenasr.reactor.test.TestSignals.chunks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.reactor.Pacing;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.recording.RecordedFailureException;
import io.qwenasr.reactor.recording.Recording;
import io.qwenasr.reactor.recording.SessionRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class RecordedTranscriberTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String HEADER =
            "{\"recording\":1,\"started\":\"2026-11-22T10:15:30Z\",\"options\":{\"format\":\"pcm\",\"rate\":16000,"
                    + "\"turns\":\"vad\"}}\n";

    @TempDir
    Path folder;

    private Recording recording(String... lines) throws IOException {
        return Recording.read(Files.writeString(folder.resolve("r.jsonl"), HEADER + String.join("\n", lines) + "\n"));
    }

    private Recording threeFinals(String... end) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "{\"t\":10,\"out\":\"ready\",\"session\":\"s\"}",
                "{\"t\":11,\"in\":\"chunk\",\"bytes\":3200}",
                "{\"t\":111,\"in\":\"chunk\",\"bytes\":3200}",
                "{\"t\":200,\"out\":\"final\",\"item\":\"a\",\"transcript\":\"one\"}",
                "{\"t\":60000,\"in\":\"chunk\",\"bytes\":3200}",
                "{\"t\":60000,\"out\":\"final\",\"item\":\"b\",\"transcript\":\"two\"}",
                "{\"t\":60001,\"in\":\"complete\"}",
                "{\"t\":61000,\"out\":\"final\",\"item\":\"c\",\"transcript\":\"three\"}"));
        lines.addAll(List.of(end));
        return recording(lines.toArray(String[]::new));
    }

    private static final String COMPLETED = "{\"t\":61500,\"end\":\"completed\"}";

    private static String text(TranscriptionEvent event) {
        return event instanceof Final f ? f.transcript() : event.getClass().getSimpleName();
    }

    @Test
    void playsInItsOwnTime() throws IOException {
        Recording recording = threeFinals(COMPLETED);
        StepVerifier.withVirtualTime(() -> RecordedTranscriber.inTime(recording)
                        .transcribe(recording.signals(), VAD)
                        .map(RecordedTranscriberTest::text))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(10))
                .expectNext("SessionReady")
                .expectNoEvent(Duration.ofMillis(190))
                .expectNext("one")
                .expectNoEvent(Duration.ofMillis(59_800))
                .expectNext("two")
                .expectNoEvent(Duration.ofMillis(1_000))
                .expectNext("three")
                .expectNoEvent(Duration.ofMillis(500))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void playsFaster() throws IOException {
        Recording recording = threeFinals(COMPLETED);
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        StepVerifier.create(RecordedTranscriber.inTime(recording, 100)
                        .on(time)
                        .transcribe(recording.signals(), VAD)
                        .map(RecordedTranscriberTest::text))
                .expectSubscription()
                .then(() -> time.advanceTimeBy(Duration.ofMillis(599)))
                .expectNext("SessionReady", "one")
                .then(() -> time.advanceTimeBy(Duration.ofMillis(1)))
                .expectNext("two")
                .then(() -> time.advanceTimeBy(Duration.ofMillis(15)))
                .expectNext("three")
                .expectComplete()
                .verify(LIMIT);
        assertThatThrownBy(() -> RecordedTranscriber.inTime(recording, 0)).hasMessageContaining("0.01 to 1000");
    }

    @Test
    void waitsForItsAudioToComplete() throws IOException {
        Recording recording = threeFinals(COMPLETED);
        StepVerifier.withVirtualTime(() -> RecordedTranscriber.inTime(recording)
                        .transcribe(
                                chunks(10).concatWith(Flux.<AudioSignal>empty().delaySubscription(Duration.ofHours(1))),
                                VAD))
                .thenAwait(Duration.ofMinutes(30))
                .expectNextCount(4)
                .expectNoEvent(Duration.ofMinutes(30))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void waitsForDemand() throws IOException {
        Recording recording = threeFinals(COMPLETED);
        StepVerifier.withVirtualTime(
                        () -> RecordedTranscriber.inTime(recording).transcribe(recording.signals(), VAD), 0)
                .thenAwait(Duration.ofHours(1))
                .thenRequest(1)
                .expectNext(new SessionReady("s", null))
                .thenRequest(2)
                .expectNextCount(2)
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void playsAsAudioComes() throws IOException {
        RecordedTranscriber asr = RecordedTranscriber.byAudio(threeFinals(COMPLETED));
        TestPublisher<AudioSignal> audio = TestPublisher.create();
        StepVerifier.create(asr.transcribe(audio, VAD).map(RecordedTranscriberTest::text))
                .expectNext("SessionReady")
                .then(() -> audio.next(chunk(50), chunk(50), chunk(99)))
                .then(() -> assertThat(asr.session(1).events()).isEqualTo(1))
                .then(() -> audio.next(chunk(1)))
                .expectNext("one")
                .then(() -> audio.next(chunk(100)))
                .expectNext("two")
                .then(audio::complete)
                .expectNext("three")
                .expectComplete()
                .verify(LIMIT);
        assertThat(asr.session(1).chunks()).isEqualTo(5);
        assertThat(asr.sessions()).hasSize(1);
    }

    @Test
    void playsWhatIsLeftWhenShorterAudioEnds() throws IOException {
        assertThat(RecordedTranscriber.byAudio(threeFinals(COMPLETED))
                        .transcribe(chunks(1), VAD)
                        .map(RecordedTranscriberTest::text)
                        .collectList()
                        .block(LIMIT))
                .containsExactly("SessionReady", "one", "two", "three");
    }

    @Test
    void waitsForTheSameSignals() throws IOException {
        Recording recording = recording(
                "{\"t\":0,\"in\":\"chunk\",\"bytes\":3200}",
                "{\"t\":0,\"in\":\"commit\"}",
                "{\"t\":0,\"out\":\"committed\",\"item\":\"a\"}",
                "{\"t\":0,\"in\":\"clear\"}",
                "{\"t\":0,\"out\":\"cleared\"}",
                "{\"t\":0,\"in\":\"gap\",\"length\":\"PT1S\"}",
                "{\"t\":0,\"out\":\"dropped\",\"start\":\"PT0.1S\",\"end\":\"PT1.1S\"}",
                "{\"t\":0,\"in\":\"complete\"}",
                "{\"t\":0,\"end\":\"completed\"}");
        List<String> story = new ArrayList<>();
        RecordedTranscriber.byAudio(recording)
                .transcribe(
                        recording.signals().doOnNext(s -> story.add(s.getClass().getSimpleName())), MANUAL)
                .doOnNext(e -> story.add(text(e)))
                .blockLast(LIMIT);
        assertThat(story).containsExactly("Chunk", "Commit", "Committed", "Clear", "Cleared", "Gap", "AudioDropped");
    }

    @Test
    void failsAsTheSessionDid() throws IOException {
        Recording recording =
                threeFinals("{\"t\":61500,\"end\":\"failed\",\"error\":{\"kind\":\"closed\",\"code\":1011,"
                        + "\"reason\":\"oops\",\"phase\":\"finishing\",\"session\":\"s\"}}");
        for (boolean timed : new boolean[] {true, false}) {
            StepVerifier.withVirtualTime(() -> (timed
                                    ? RecordedTranscriber.inTime(recording)
                                    : RecordedTranscriber.byAudio(recording))
                            .transcribe(recording.signals(), VAD))
                    .thenAwait(Duration.ofSeconds(62))
                    .expectNextCount(4)
                    .expectErrorSatisfies(e -> assertThat(e)
                            .isInstanceOfSatisfying(ConnectionClosedException.class, closed -> {
                                assertThat(closed.code()).isEqualTo(1011);
                                assertThat(closed.phase()).isEqualTo(SessionPhase.FINISHING);
                            }))
                    .verify(LIMIT);
        }
    }

    @Test
    void neverCompletesWithAnythingMissing() throws IOException {
        for (String end : List.of(
                "{\"t\":61500,\"end\":\"cancelled\"}",
                "{\"t\":61500,\"end\":\"truncated\",\"reason\":\"the disk was too slow\"}",
                "")) {
            Recording recording = end.isEmpty() ? threeFinals() : threeFinals(end);
            StepVerifier.create(RecordedTranscriber.byAudio(recording).transcribe(recording.signals(), VAD))
                    .expectNextCount(4)
                    .expectErrorSatisfies(e -> assertThat(e)
                            .isInstanceOf(RecordedFailureException.class)
                            .hasMessageContaining("the recording ends here"))
                    .verify(LIMIT);
        }
    }

    @Test
    void passesAnErrorOfTheAudioOn() throws IOException {
        Recording recording = threeFinals(COMPLETED);
        StepVerifier.withVirtualTime(() -> RecordedTranscriber.inTime(recording)
                        .transcribe(Flux.<AudioSignal>error(new IllegalStateException("unplugged")), VAD))
                .expectErrorMessage("unplugged")
                .verify(LIMIT);
    }

    /** An incident at a real client, recorded, is the same incident in a test. */
    @Test
    void playsAnIncidentAgain() throws IOException {
        List<Path> files = new CopyOnWriteArrayList<>();
        RunningServer server = QwenAsrServer.builder(ScriptedTranscriber.finals("one", "two", "three"))
                .build()
                .start()
                .block(LIMIT);
        try (FaultProxy proxy = FaultProxy.builder(server.endpoint())
                .connection(
                        1,
                        Fault.close(
                                Moment.serverEvent("conversation.item.input_audio_transcription.completed", 2),
                                1011,
                                "oops"))
                .start()) {
            SessionRecorder recorder = SessionRecorder.builder(
                            QwenAsrClient.builder(proxy.endpoint()).build(), folder)
                    .whenWritten(files::add)
                    .build();
            Flux<AudioSignal> paced = Pacing.realTime(20).apply(chunks(30), AudioFormat.PCM_16K);
            List<TranscriptionEvent> live = new ArrayList<>();
            StepVerifier.create(recorder.transcribe(paced, SessionOptions.defaults())
                            .doOnNext(live::add))
                    .thenConsumeWhile(e -> true)
                    .expectError(ConnectionClosedException.class)
                    .verify(LIMIT);
            recorder.written().block(LIMIT);
            Recording incident = Recording.read(files.get(0));
            assertThat(incident.events()).isEqualTo(live);
            for (RecordedTranscriber asr :
                    List.of(RecordedTranscriber.inTime(incident, 100), RecordedTranscriber.byAudio(incident))) {
                List<TranscriptionEvent> again = new ArrayList<>();
                StepVerifier.create(asr.transcribe(incident.signals(), incident.options())
                                .doOnNext(again::add))
                        .thenConsumeWhile(e -> true)
                        .expectErrorSatisfies(e ->
                                assertThat(e).hasMessage(incident.end().error().getMessage()))
                        .verify(LIMIT);
                assertThat(again).isEqualTo(live);
            }
        } finally {
            server.stop(LIMIT).block(LIMIT.plusSeconds(10));
        }
    }
}
