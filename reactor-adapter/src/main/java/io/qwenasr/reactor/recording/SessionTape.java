package io.qwenasr.reactor.recording;

import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.recording.RecordedEntry.How;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** Gives each thing that happens in a session its time. Used by any thread. */
final class SessionTape {

    private final RecordingWriter writer;
    private final boolean withAudio;
    private final Scheduler clock;
    private final long start;
    private long last;

    SessionTape(RecordingWriter writer, boolean withAudio, Scheduler clock) {
        this.writer = writer;
        this.withAudio = withAudio;
        this.clock = clock;
        this.start = clock.now(TimeUnit.NANOSECONDS);
    }

    void heard(AudioSignal signal) {
        if (signal instanceof AudioSignal.Chunk chunk) {
            int bytes = chunk.audio().remaining();
            ByteBuffer audio = withAudio ? copyOf(chunk.audio()) : null;
            add(at -> new RecordedEntry.Audio(at, bytes, audio));
        } else {
            add(at -> new RecordedEntry.Signal(at, signal));
        }
    }

    private static ByteBuffer copyOf(ByteBuffer audio) {
        return ByteBuffer.allocate(audio.remaining()).put(audio.duplicate()).flip();
    }

    void audioEnded(@Nullable Throwable error) {
        add(at -> new RecordedEntry.AudioEnd(at, error));
    }

    void told(TranscriptionEvent event) {
        add(at -> new RecordedEntry.Event(at, event));
    }

    void completed() {
        add(at -> new RecordedEntry.End(at, How.COMPLETED, null, null));
    }

    void failed(Throwable error) {
        add(at -> new RecordedEntry.End(at, How.FAILED, error, null));
    }

    void cancelled() {
        add(at -> new RecordedEntry.End(at, How.CANCELLED, null, null));
    }

    /** One at a time, so that times never run backwards in the file. */
    private synchronized void add(Function<Duration, RecordedEntry> entry) {
        last = Math.max(last, clock.now(TimeUnit.NANOSECONDS) - start);
        writer.add(entry.apply(Duration.ofNanos(last)));
    }
}
