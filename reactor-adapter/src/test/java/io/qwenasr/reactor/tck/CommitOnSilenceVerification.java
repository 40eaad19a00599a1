package io.qwenasr.reactor.tck;

import io.qwenasr.AudioSignal;
import io.qwenasr.audio.VoiceActivityDetector;
import io.qwenasr.reactor.CommitBoundaries;
import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;

/** Utterances that end with a silence of half a chunk. */
public class CommitOnSilenceVerification extends CommitVerification {

    /** Takes half a chunk for speech if its first sample is not zero. */
    private static final class Halves implements VoiceActivityDetector {
        @Override
        public int sampleRate() {
            return FORMAT.sampleRate();
        }

        @Override
        public int frameSamples() {
            return CHUNK / 4;
        }

        @Override
        public boolean isSpeech(short[] frame) {
            return frame[0] != 0;
        }
    }

    @Override
    Flux<AudioSignal> cut(Flux<ByteBuffer> audio) {
        return audio.transform(CommitBoundaries.onSilence(Halves::new, CHUNK_LENGTH.dividedBy(2), FORMAT));
    }

    private static ByteBuffer speechThenSilence() {
        return ByteBuffer.allocate(CHUNK).put(0, (byte) 1);
    }

    @Override
    Flux<AudioSignal> utterances(int utterances) {
        return cut(Flux.range(0, utterances).map(i -> speechThenSilence()));
    }

    @Override
    Flux<AudioSignal> longUtteranceAndThen(int utterances) {
        ByteBuffer silence = ByteBuffer.allocate(CHUNK);
        return cut(Flux.just(silence).concatWith(Flux.range(0, utterances + 1).map(i -> speechThenSilence())));
    }
}
