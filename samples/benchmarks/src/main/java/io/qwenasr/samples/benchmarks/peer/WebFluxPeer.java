package io.qwenasr.samples.benchmarks.peer;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.json.JsonMapper;

/** The protocol by hand on Spring WebFlux, with Jackson records. */
final class WebFluxPeer implements Peer {

    private final JsonMapper json = JsonMapper.builder().build();

    // The default constructor's pool would allow 500 sessions to a host.
    private final ReactorNettyWebSocketClient client = new ReactorNettyWebSocketClient(HttpClient.newConnection());

    @Override
    public Session open(SessionPlan plan) throws Exception {
        PcmSource source = plan.source();
        Sinks.Many<ByteBuffer> microphone = Sinks.many().unicast().onBackpressureBuffer();
        Flux<ByteBuffer> audio = source == null ? microphone.asFlux() : QwenAsrPeer.pulled(source);

        HttpHeaders headers = new HttpHeaders();
        headers.setBearerAuth(Wire.KEY);
        Ready ready = new Ready(plan.listener());
        Disposable session = client.execute(plan.withModel(), headers, socket -> talk(socket, audio, plan, ready))
                .subscribe(nothing -> {}, ready::onEnd, () -> ready.onEnd(null));
        ready.await();
        return new Subscribed(microphone, session);
    }

    private Mono<Void> talk(WebSocketSession socket, Flux<ByteBuffer> audio, SessionPlan plan, Ready ready) {
        Sinks.Empty<Void> updated = Sinks.empty();
        AtomicLong numbers = new AtomicLong();
        Flux<Object> appends = audio.map(pcm -> Wire.append(numbers.incrementAndGet(), Audio.bytes(pcm)));
        Flux<Object> events = Flux.concat(
                Mono.just(Wire.update()), appends.delaySubscription(updated.asMono()), Mono.just(Wire.finish()));
        Mono<Void> sending = socket.send(events.map(event -> socket.textMessage(json.writeValueAsString(event))));

        Flux<Wire.ServerMessage> messages =
                socket.receive().map(m -> json.readValue(m.getPayloadAsText(), Wire.ServerMessage.class));
        if (plan.slow()) {
            messages = messages.publishOn(Schedulers.boundedElastic());
        }
        Mono<Void> receiving = messages.doOnNext(message -> {
                    if (message.type().equals(Wire.PARTIAL) && message.text() != null) {
                        plan.listener().onPartial(message.text());
                    } else if (message.type().equals(Wire.UPDATED)) {
                        ready.onReady();
                        updated.tryEmitEmpty();
                    }
                })
                .takeUntil(message -> message.type().equals(Wire.FINISHED))
                .then();
        return sending.and(receiving);
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
