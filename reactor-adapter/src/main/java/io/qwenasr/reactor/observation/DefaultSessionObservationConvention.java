package io.qwenasr.reactor.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.reactor.observation.SessionObservation.HighCardinality;
import io.qwenasr.reactor.observation.SessionObservation.LowCardinality;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Names as {@link SessionObservation} documents them. A value that is not known is {@code none}, so that a meter always
 * has the same keys.
 *
 * @since 0.1.0
 */
public class DefaultSessionObservationConvention implements SessionObservationConvention {

    /** Creates a convention. */
    public DefaultSessionObservationConvention() {}

    @Override
    public String getName() {
        return "qwen.asr.session";
    }

    @Override
    public String getContextualName(SessionObservationContext context) {
        return "qwen-asr session";
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(SessionObservationContext context) {
        SessionObservationContext.Outcome outcome = context.outcome();
        return KeyValues.of(
                LowCardinality.MODE.withValue(SessionMeters.mode(context.options())),
                LowCardinality.OUTCOME.withValue(
                        outcome == null ? KeyValue.NONE_VALUE : outcome.name().toLowerCase(Locale.ROOT)),
                LowCardinality.CLOSE_CODE.withValue(closeCode(context.getError())));
    }

    private static String closeCode(@Nullable Throwable error) {
        return error != null && ErrorCategory.lastOf(error) instanceof ConnectionClosedException closed
                ? Integer.toString(closed.code())
                : KeyValue.NONE_VALUE;
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(SessionObservationContext context) {
        return KeyValues.of(
                HighCardinality.SESSION_ID.withValue(orNone(context.sessionId())),
                HighCardinality.MODEL.withValue(orNone(context.model())),
                HighCardinality.AUDIO_SECONDS.withValue(
                        Double.toString(context.audio().toMillis() / 1_000.0)),
                HighCardinality.RECONNECTS.withValue(Integer.toString(context.reconnects())));
    }

    private static String orNone(@Nullable String value) {
        return value == null || value.isEmpty() ? KeyValue.NONE_VALUE : value;
    }
}
