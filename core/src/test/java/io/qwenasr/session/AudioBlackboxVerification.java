package io.qwenasr.session;

import io.netty.channel.Channel;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import java.nio.ByteBuffer;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;

/** The audio end of a client session that is connected and ready. */
public class AudioBlackboxVerification extends SubscriberBlackboxVerification<AudioSignal> {

    private static final long TIMEOUT_MILLIS = 30_000;
    private static final long NO_SIGNAL_MILLIS = 100;

    private final LocalPeers peers = new LocalPeers();

    /** Made by TestNG. */
    public AudioBlackboxVerification() {
        super(new TestEnvironment(TIMEOUT_MILLIS, NO_SIGNAL_MILLIS));
    }

    @AfterClass
    public void stop() {
        peers.close();
    }

    static Subscriber<AudioSignal> audioOfReadySession(LocalPeers peers) {
        ClientSession session = new ClientSession(SessionOptions.defaults(), ClientSessionSettings.DEFAULTS);
        session.events().subscribe(new Recorder<TranscriptionEvent>(Long.MAX_VALUE));
        Channel channel = peers.connect(session.handler());
        if (!channel.isActive()) {
            throw new IllegalStateException("not connected");
        }
        return session.audio();
    }

    @Override
    public Subscriber<AudioSignal> createSubscriber() {
        return audioOfReadySession(peers);
    }

    @Override
    public AudioSignal createElement(int element) {
        return AudioSignal.chunk(ByteBuffer.allocate(320));
    }
}
