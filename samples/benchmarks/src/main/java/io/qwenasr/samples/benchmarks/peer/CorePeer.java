package io.qwenasr.samples.benchmarks.peer;

import io.netty.channel.Channel;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.session.ClientSession;
import io.qwenasr.session.ClientSessionSettings;
import java.nio.ByteBuffer;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** This library's session handler in a bare Netty pipeline: what is left when Reactor is taken away. */
final class CorePeer implements Peer {

    private final RawNetty netty = new RawNetty();

    @Override
    public Session open(SessionPlan plan) throws Exception {
        Ready ready = new Ready(plan.listener());
        ClientSession session = new ClientSession(SessionOptions.defaults(), ClientSessionSettings.DEFAULTS);
        session.events().subscribe(new Events(plan.listener(), ready));
        PcmSource source = plan.source();
        PcmPublisher audio = new PcmPublisher(source == null ? new Microphone() : source);
        audio.subscribe(session.audio());
        Channel channel = netty.connect(plan, session::handler);
        ready.await();
        return new Open(audio, channel);
    }

    @Override
    public void close() {
        netty.close();
    }

    /** Never asked by a session that waits for a push; bare Netty has no queue for that. */
    private static final class Microphone implements PcmSource {
        @Override
        public ByteBuffer next() {
            throw new UnsupportedOperationException("the bare handler takes pulled audio only");
        }
    }

    private record Open(PcmPublisher audio, Channel channel) implements Session {
        @Override
        public boolean offer(ByteBuffer pcm) {
            return false;
        }

        @Override
        public void finish() {}

        @Override
        public void abort() {
            channel.close();
        }
    }

    private record Events(SessionListener listener, Ready ready) implements Subscriber<TranscriptionEvent> {

        @Override
        public void onSubscribe(Subscription s) {
            s.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(TranscriptionEvent event) {
            if (event instanceof TranscriptionEvent.Partial partial) {
                listener.onPartial(partial.text());
            } else if (event instanceof TranscriptionEvent.SessionReady) {
                ready.onReady();
            }
        }

        @Override
        public void onError(Throwable error) {
            ready.onEnd(error);
        }

        @Override
        public void onComplete() {
            ready.onEnd(null);
        }
    }

    /** Emits on the thread that requests, without recursion. */
    private static final class PcmPublisher implements Subscription {

        private final PcmSource source;
        private volatile Subscriber<? super AudioSignal> subscriber = IGNORE;
        private long demand;
        private boolean emitting;
        private boolean done;

        private static final Subscriber<AudioSignal> IGNORE = new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription s) {}

            @Override
            public void onNext(AudioSignal signal) {}

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onComplete() {}
        };

        PcmPublisher(PcmSource source) {
            this.source = source;
        }

        void subscribe(Subscriber<? super AudioSignal> to) {
            subscriber = to;
            to.onSubscribe(this);
        }

        /** The session requests on its event loop only. */
        @Override
        public void request(long n) {
            demand += n;
            if (emitting) {
                return;
            }
            emitting = true;
            while (demand > 0 && !done) {
                demand--;
                ByteBuffer chunk = source.next();
                if (chunk == null) {
                    done = true;
                    subscriber.onComplete();
                } else {
                    subscriber.onNext(AudioSignal.chunk(chunk));
                }
            }
            emitting = false;
        }

        @Override
        public void cancel() {
            done = true;
        }
    }
}
