package io.qwenasr.reactor;

import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** One stream of audio whose utterances end where a finder says, or when another publisher ticks. */
final class CommitSubscriber extends SignalEmitter implements CoreSubscriber<ByteBuffer> {

    /** Each element ends an utterance. */
    private final class Ticks extends BaseSubscriber<Object> {
        @Override
        public Context currentContext() {
            return CommitSubscriber.this.currentContext();
        }

        @Override
        protected void hookOnNext(Object tick) {
            boundary();
        }

        @Override
        protected void hookOnError(Throwable error) {
            failAtOnce(error);
        }
    }

    private final Context context;
    private final @Nullable Publisher<?> tickSource;
    private final Ticks ticks = new Ticks();
    private volatile Subscription upstream = Operators.emptySubscription();

    CommitSubscriber(
            CoreSubscriber<? super AudioSignal> actual, UtteranceCutter cutter, @Nullable Publisher<?> tickSource) {
        super(actual, cutter);
        this.context = actual.currentContext();
        this.tickSource = tickSource;
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    Subscription source() {
        return upstream;
    }

    @Override
    void cancelSources() {
        ticks.cancel();
        upstream.cancel();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (upstream != Operators.emptySubscription()) {
            Operators.validate(upstream, subscription);
            return;
        }
        upstream = subscription;
        if (tickSource != null) {
            Flux.from(tickSource).subscribe(ticks);
        }
        start();
    }

    @Override
    public void onNext(ByteBuffer chunk) {
        audio(chunk);
    }

    @Override
    public void onError(Throwable error) {
        ticks.cancel();
        fail(error);
    }

    @Override
    public void onComplete() {
        ticks.cancel();
        complete();
    }
}
