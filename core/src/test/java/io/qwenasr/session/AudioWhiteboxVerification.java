package io.qwenasr.session;

import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;

/** The audio end of a client session, seen from inside. */
public class AudioWhiteboxVerification extends SubscriberWhiteboxVerification<AudioSignal> {

    private static final long TIMEOUT_MILLIS = 30_000;
    private static final long NO_SIGNAL_MILLIS = 100;

    private final LocalPeers peers = new LocalPeers();

    /** Made by TestNG. */
    public AudioWhiteboxVerification() {
        super(new TestEnvironment(TIMEOUT_MILLIS, NO_SIGNAL_MILLIS));
    }

    @AfterClass
    public void stop() {
        peers.close();
    }

    @Override
    public AudioSignal createElement(int element) {
        return AudioSignal.chunk(ByteBuffer.allocate(320));
    }

    @Override
    public Subscriber<AudioSignal> createSubscriber(WhiteboxSubscriberProbe<AudioSignal> probe) {
        Subscriber<AudioSignal> audio = AudioBlackboxVerification.audioOfReadySession(peers);
        return new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription s) {
                audio.onSubscribe(s);
                probe.registerOnSubscribe(new SubscriberPuppet() {
                    @Override
                    public void triggerRequest(long elements) {
                        s.request(elements);
                    }

                    @Override
                    public void signalCancel() {
                        s.cancel();
                    }
                });
            }

            @Override
            public void onNext(AudioSignal signal) {
                audio.onNext(signal);
                probe.registerOnNext(signal);
            }

            @Override
            public void onError(Throwable error) {
                audio.onError(error);
                probe.registerOnError(error);
            }

            @Override
            public void onComplete() {
                audio.onComplete();
                probe.registerOnComplete();
            }
        };
    }
}
