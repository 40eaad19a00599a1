package io.qwenasr.reactor.tck;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.recording.Recording;
import io.qwenasr.reactor.test.RecordedTranscriber;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import reactor.core.publisher.Flux;

/** A session that was recorded, played again. */
public class RecordedVerification extends FluxVerification<TranscriptionEvent> {

    private static final String HEADER = """
            {"recording":1,"started":"2026-11-22T10:15:30Z","options":{"format":"pcm","rate":16000,"turns":"vad"}}
            """;

    private Path file;

    @BeforeMethod
    public void createFile() throws IOException {
        file = Files.createTempFile("verification", ".jsonl");
    }

    @AfterMethod
    public void deleteFile() throws IOException {
        Files.delete(file);
    }

    private RecordedTranscriber recorded(String lines) {
        try {
            Files.writeString(file, HEADER + lines);
            return RecordedTranscriber.byAudio(Recording.read(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    Flux<TranscriptionEvent> flux(int elements) {
        return recorded("{\"t\":0,\"out\":\"cleared\"}\n".repeat(elements) + "{\"t\":0,\"end\":\"completed\"}\n")
                .transcribe(Flux.just(ByteBuffer.allocate(3_200)));
    }

    @Override
    public long maxElementsFromPublisher() {
        return 1_000;
    }

    @Override
    Flux<TranscriptionEvent> failed() {
        return recorded("{\"t\":0,\"end\":\"failed\",\"error\":{\"kind\":\"other\",\"type\":\"x\"}}\n")
                .transcribe(Flux.never());
    }
}
