package io.qwenasr.reactor;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.session.ClientSession;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** One session for each subscription. */
final class ClientSessionFlux extends Flux<TranscriptionEvent> {

    private final ClientConfig config;
    private final Publisher<? extends AudioSignal> audio;
    private final SessionOptions options;

    ClientSessionFlux(ClientConfig config, Publisher<? extends AudioSignal> audio, SessionOptions options) {
        this.config = config;
        this.audio = audio;
        this.options = options;
    }

    @Override
    public void subscribe(CoreSubscriber<? super TranscriptionEvent> actual) {
        ClientSession session = new ClientSession(options, config.session());
        ClientConnection connection = new ClientConnection(config, options, session);
        session.onCancelWhileConnecting(connection::abandon);
        session.events().subscribe(actual);
        audio.subscribe(new ContextualSubscriber<>(session.audio(), actual.currentContext()));
        connection.open();
    }
}
