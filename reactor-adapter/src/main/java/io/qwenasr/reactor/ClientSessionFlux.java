package io.qwenasr.reactor;

import io.qwenasr.AudioSignal;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.internal.CallerMdc;
import io.qwenasr.session.ClientSession;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/** One session for each subscription. */
final class ClientSessionFlux extends Flux<TranscriptionEvent> {

    /** The one that sessions write to. */
    private static final Logger log = LoggerFactory.getLogger(ClientSession.class);

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
        InvalidSignalException refusal = TurnCheck.refusal(audio, options);
        if (refusal != null) {
            Operators.error(actual, refusal);
            return;
        }
        ClientSession session = new ClientSession(options, config.session(), config.random());
        ClientConnection connection = new ClientConnection(config, options, session);
        if (log.isDebugEnabled()) {
            session.logContext(CallerMdc.of(actual.currentContext()));
        }
        SessionListener.of(actual.currentContext()).onSession(session);
        session.onCancelWhileConnecting(connection::abandon);
        session.events().subscribe(actual);
        audio.subscribe(new ContextualSubscriber<>(session.audio(), actual.currentContext()));
        connection.open();
    }
}
