package io.qwenasr.reactor.observation;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How late the text of one utterance was; see {@link Latencies} for what is measured.
 *
 * @param firstPartial from the start of speech to the first partial that shows text; null if there was none, or if the
 *     start is not known
 * @param finalResult from the end of speech to the final; null if the end is not known
 * @since 0.1.0
 */
public record UtteranceLatency(
        @Nullable Duration firstPartial, @Nullable Duration finalResult) {

    static final UtteranceLatency UNKNOWN = new UtteranceLatency(null, null);
}
