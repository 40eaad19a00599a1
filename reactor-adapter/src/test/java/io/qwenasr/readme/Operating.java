package io.qwenasr.readme;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.observation.Latencies;
import io.qwenasr.reactor.observation.ObservedTranscriber;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;

/** The README's metrics. */
final class Operating {

    private Operating() {}

    static Transcriber observed(Transcriber asr, ObservationRegistry observationRegistry, MeterRegistry meterRegistry) {
        // readme:observed
        Transcriber observed = ObservedTranscriber.of(ResumingTranscriber.of(asr))
                .observations(observationRegistry)
                .meters(meterRegistry);
        // readme:end
        return observed;
    }

    static void latencies(Transcriber asr, Flux<ByteBuffer> audio) {
        // readme:latencies
        audio.transform(Latencies.of(asr)::transcribe)
                .filter(timed -> timed.latency() != null)
                .subscribe(timed -> System.out.println(timed.latency().finalResult() + " " + timed.event()));
        // readme:end
    }
}
