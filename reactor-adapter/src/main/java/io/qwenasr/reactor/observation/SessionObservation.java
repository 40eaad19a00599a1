package io.qwenasr.reactor.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * What is observed, with the names of its keys and events.
 *
 * @since 0.1.0
 */
public enum SessionObservation implements ObservationDocumentation {

    /** One subscription to a transcriber, from subscribing to completion, error or cancellation. */
    SESSION {
        @Override
        public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
            return DefaultSessionObservationConvention.class;
        }

        @Override
        public String getPrefix() {
            return "qwen.asr";
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return LowCardinality.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return HighCardinality.values();
        }

        @Override
        public Observation.Event[] getEvents() {
            return Events.values();
        }
    };

    /**
     * Keys of meters and spans.
     *
     * @since 0.1.0
     */
    public enum LowCardinality implements KeyName {
        /** Who ends an utterance: {@code vad} or {@code manual}. */
        MODE("qwen.asr.mode"),
        /** How it ended: {@code completed}, {@code cancelled}, {@code failed}; {@code none} while it goes on. */
        OUTCOME("qwen.asr.outcome"),
        /** Close code of a connection that was lost, else {@code none}. */
        CLOSE_CODE("qwen.asr.close.code");

        private final String key;

        LowCardinality(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /**
     * Keys of spans only.
     *
     * @since 0.1.0
     */
    public enum HighCardinality implements KeyName {
        /** The service's id of the session, as in its log lines and errors. */
        SESSION_ID("qwen.asr.session.id"),
        /** The model. */
        MODEL("qwen.asr.model"),
        /** Seconds of audio that were taken. */
        AUDIO_SECONDS("qwen.asr.audio.seconds"),
        /** How often the session was opened anew. */
        RECONNECTS("qwen.asr.reconnects");

        private final String key;

        HighCardinality(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /**
     * What happens within a session, as marks on its span.
     *
     * @since 0.1.0
     */
    public enum Events implements Observation.Event {
        /** The session takes audio. */
        READY("qwen.asr.ready", "ready"),
        /** The first partial that shows any text. */
        FIRST_PARTIAL("qwen.asr.first.partial", "first partial"),
        /** The session was lost and goes on. */
        RECONNECTED("qwen.asr.reconnected", "reconnected");

        private final String key;
        private final String label;

        Events(String key, String label) {
            this.key = key;
            this.label = label;
        }

        @Override
        public String getName() {
            return key;
        }

        @Override
        public String getContextualName() {
            return label;
        }
    }
}
