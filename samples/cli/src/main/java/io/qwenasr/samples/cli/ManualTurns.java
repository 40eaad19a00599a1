package io.qwenasr.samples.cli;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;

/** One utterance for the whole audio, as far as its length allows. The client commits what is left at the end. */
final class ManualTurns {

    /** The most audio that one utterance may have in manual mode. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final long limit;
    private final AudioFormat format;
    private final Consumer<Duration> onCut;
    private long inTurn;
    private long total;

    private ManualTurns(Duration limit, AudioFormat format, Consumer<Duration> onCut) {
        this.limit = format.bytesIn(limit);
        this.format = format;
        this.onCut = onCut;
    }

    /**
     * Puts a commit wherever the limit is reached and audio follows.
     *
     * @param onCut hears where
     */
    static Flux<AudioSignal> cut(Flux<ByteBuffer> audio, Duration limit, AudioFormat format, Consumer<Duration> onCut) {
        return Flux.defer(() -> {
            ManualTurns turns = new ManualTurns(limit, format, onCut);
            return audio.concatMapIterable(turns::accept, 1);
        });
    }

    private List<AudioSignal> accept(ByteBuffer chunk) {
        int bytes = chunk.remaining();
        boolean full = inTurn > 0 && inTurn + bytes > limit;
        if (full) {
            onCut.accept(format.durationOf(total));
            inTurn = 0;
        }
        inTurn += bytes;
        total += bytes;
        return full ? List.of(AudioSignal.commit(), AudioSignal.chunk(chunk)) : List.of(AudioSignal.chunk(chunk));
    }
}
