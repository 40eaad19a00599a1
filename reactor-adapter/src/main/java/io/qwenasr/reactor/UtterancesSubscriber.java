package io.qwenasr.reactor;

import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Streams of audio one after the other, each an utterance. */
final class UtterancesSubscriber extends SignalEmitter implements CoreSubscriber<Publisher<ByteBuffer>> {

    /** The audio of one utterance. */
    private final class Utterance extends BaseSubscriber<ByteBuffer> {
        @Override
        public Context currentContext() {
            return UtterancesSubscriber.this.currentContext();
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // The request that brought this utterance was for audio.
            subscription.request(1);
        }

        @Override
        protected void hookOnNext(ByteBuffer chunk) {
            if (isDisposed()) {
                Operators.onDiscard(chunk, currentContext());
            } else {
                audio(chunk);
            }
        }

        @Override
        protected void hookOnError(Throwable error) {
            fail(error);
        }

        @Override
        protected void hookOnComplete() {
            inputEnded();
        }
    }

    private final Context context;
    private volatile Subscription upstream = Operators.emptySubscription();

    /** Set by the source, and only while it is null; reset while emitting. */
    private volatile @Nullable Utterance current;

    UtterancesSubscriber(CoreSubscriber<? super AudioSignal> actual, UtteranceCutter cutter) {
        super(actual, cutter);
        this.context = actual.currentContext();
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    Subscription source() {
        Utterance utterance = current;
        return utterance == null ? upstream : utterance;
    }

    @Override
    void cancelSources() {
        upstream.cancel();
        Utterance utterance = current;
        if (utterance != null) {
            utterance.cancel();
        }
    }

    @Override
    boolean isBetweenInputs() {
        return current == null;
    }

    @Override
    void onInputEnded() {
        current = null;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (upstream != Operators.emptySubscription()) {
            Operators.validate(upstream, subscription);
            return;
        }
        upstream = subscription;
        start();
    }

    @Override
    public void onNext(Publisher<ByteBuffer> audio) {
        if (isOver()) {
            return;
        }
        if (current != null || !isAwaiting()) {
            failAtOnce(Exceptions.failWithOverflow("the source emitted more utterances than were requested"));
            return;
        }
        Utterance utterance = new Utterance();
        current = utterance;
        if (isOver()) {
            utterance.cancel();
        }
        Flux.from(audio).subscribe(utterance);
    }

    @Override
    public void onError(Throwable error) {
        fail(error);
    }

    @Override
    public void onComplete() {
        complete();
    }
}
