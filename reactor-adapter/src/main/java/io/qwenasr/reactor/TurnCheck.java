package io.qwenasr.reactor;

import io.qwenasr.InvalidSignalException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Scannable;

/** Finds commits that the server would not allow, as far as the assembly of the audio shows them. */
final class TurnCheck {

    private TurnCheck() {}

    /** Returns why this audio cannot be transcribed with these options, or null if nothing speaks against it. */
    static @Nullable InvalidSignalException refusal(Publisher<?> audio, SessionOptions options) {
        if (options.isManual() || !commits(audio)) {
            return null;
        }
        return new InvalidSignalException(
                "the audio has commits, by CommitBoundaries, which are not allowed while the server detects the turns;"
                        + " use TurnDetection.manual()",
                SessionPhase.CONNECTING,
                null);
    }

    private static boolean commits(Publisher<?> audio) {
        return audio instanceof CommitFlux
                || Scannable.from(audio).parents().anyMatch(parent -> parent instanceof CommitFlux);
    }
}
