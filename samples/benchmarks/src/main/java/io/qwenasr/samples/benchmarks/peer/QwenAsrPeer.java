package io.qwenasr.samples.benchmarks.peer;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.QwenAsrClient;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** This library, with a {@code Flux} at both ends. */
class QwenAsrPeer implements Peer {

    /** A microphone's queue of 6.4 s: what does not fit is refused, as a user who thinks of it would have it. */
    private static final int PUSHED_CHUNKS = 64;

    private final ConcurrentMap<URI, QwenAsrClient> clients = new ConcurrentHashMap<>();

    @Override
    public Session open(SessionPlan plan) throws Exception {
        PcmSource source = plan.source();
        Sinks.Many<ByteBuffer> microphone =
                Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(PUSHED_CHUNKS));
        Flux<ByteBuffer> audio = source == null ? microphone.asFlux() : pulled(source);

        Ready ready = new Ready(plan.listener());
        Flux<TranscriptionEvent> events = transcribe(client(plan.server()), audio);
        if (plan.slow()) {
            events = events.publishOn(Schedulers.boundedElastic());
        }
        Disposable session = events.subscribe(
                event -> {
                    if (event instanceof TranscriptionEvent.Partial partial) {
                        plan.listener().onPartial(partial.text());
                    } else if (event instanceof TranscriptionEvent.SessionReady) {
                        ready.onReady();
                    }
                },
                ready::onEnd,
                () -> ready.onEnd(null));
        ready.await();
        return new Subscribed(microphone, session);
    }

    /** For variants: what stands between audio and events. */
    Flux<TranscriptionEvent> transcribe(QwenAsrClient client, Flux<ByteBuffer> audio) {
        return audio.transform(client::transcribe);
    }

    private QwenAsrClient client(URI server) {
        return clients.computeIfAbsent(
                server,
                uri -> QwenAsrClient.builder(Endpoint.of(uri)).apiKey(Wire.KEY).build());
    }

    static Flux<ByteBuffer> pulled(PcmSource source) {
        return Flux.generate(out -> {
            ByteBuffer chunk = source.next();
            if (chunk == null) {
                out.complete();
            } else {
                out.next(chunk);
            }
        });
    }

    private record Subscribed(Sinks.Many<ByteBuffer> microphone, Disposable session) implements Session {

        @Override
        public boolean offer(ByteBuffer pcm) {
            return microphone.tryEmitNext(pcm).isSuccess();
        }

        @Override
        public void finish() {
            microphone.tryEmitComplete();
        }

        @Override
        public void abort() {
            session.dispose();
        }
    }
}
