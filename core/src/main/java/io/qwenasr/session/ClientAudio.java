package io.qwenasr.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.audio.AudioTimeline;
import io.qwenasr.codec.AppendEncoder;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.slf4j.LoggerFactory;

/**
 * The audio of a client session, from the caller's signals to frames: how much is requested, what is sent, and
 * where on the timeline it lies. Everything but the intake runs on the event loop.
 */
final class ClientAudio implements AudioIntake.Sink {

    /** The session around the audio. */
    interface Session {
        ChannelHandlerContext context();

        /** Tells whether signals are taken; before and after, none was requested. */
        boolean takesSignals();

        /** Tells whether audio may be sent. */
        boolean isStreaming();

        /** Tells whether audio may be sent and the subscriber keeps up with what comes of it. */
        boolean wantsAudio();

        /** Writes a whole frame; takes over the reference. */
        Future<Void> sendFrame(ByteBuf frame);

        /** Commits the audio up to here, unless that was done. */
        void sendCommit(long sentBytes);

        /** Drops the audio up to here that is not committed. */
        void sendClear(long sentBytes);

        void sendFinish();

        void emit(TranscriptionEvent event);

        void refuse(String message);

        void onAudioError(Throwable error);

        void onEarlyAudioError(Throwable error);

        void onWriteFailed(@Nullable Throwable cause);
    }

    /** A source that answers at once must not keep the event loop from other channels. */
    private static final int MAX_ROUNDS = 64;

    private static final Duration SILENCE = Duration.ofMillis(100);

    private final SessionLog log = new SessionLog(LoggerFactory.getLogger(ClientSession.class));
    private final Session session;
    private final SessionOptions options;
    private final ClientSessionSettings settings;
    private final AudioIntake intake;
    private final AudioWindow window;
    private final HeldAudio held;
    private final AudioTimeline timeline;

    /** Encodes what is made on the loop, if that is ever needed; the intake has its own for the caller's thread. */
    private @Nullable AppendEncoder encoder;

    private final SecureRandom random;

    private @Nullable Future<?> holdTimer;
    private @Nullable Future<?> silenceTimer;
    private boolean sentSinceTick;
    private boolean requesting;
    private boolean complete;
    private long sentBytes;

    ClientAudio(Session session, SessionOptions options, ClientSessionSettings settings, SecureRandom random) {
        this.session = session;
        this.options = options;
        this.settings = settings;
        AudioFormat format = options.format();
        int minAppendBytes = isPcm() ? (int) format.bytesIn(settings.minAppend()) : 0;
        long windowAudio = isPcm() ? Math.max(2, format.bytesIn(settings.windowAudio())) : Long.MAX_VALUE;
        this.intake = new AudioIntake(this, format, new AppendEncoder("event_a", random), minAppendBytes);
        this.window = new AudioWindow(settings.windowBytes(), windowAudio);
        this.held = new HeldAudio(minAppendBytes);
        this.timeline = new AudioTimeline(format);
        this.random = random;
    }

    private boolean isPcm() {
        return options.format().encoding() == AudioFormat.Encoding.PCM;
    }

    Subscriber<AudioSignal> subscriber() {
        return intake;
    }

    SessionLog log() {
        return log;
    }

    /** From any thread. */
    long bytesInFlight() {
        return window.audioInFlight();
    }

    AudioTimeline timeline() {
        return timeline;
    }

    void attach() {
        intake.attach(context().executor(), context().alloc());
    }

    /** The session takes audio from now on, unless it has ended meanwhile. */
    void start() {
        if (!session.isStreaming()) {
            return;
        }
        if (!settings.silenceInterval().isZero() && isPcm() && !options.isManual()) {
            long interval = settings.silenceInterval().toNanos();
            silenceTimer = context()
                    .executor()
                    .scheduleAtFixedRate(this::onSilenceTimer, interval, interval, TimeUnit.NANOSECONDS);
        }
        if (intake.isCompleted()) {
            onAudioComplete();
        }
        request();
    }

    /** Nothing is taken or sent any more. From any thread if there is no event loop yet. */
    void cancel() {
        stop(holdTimer);
        stop(silenceTimer);
        held.drop();
        intake.cancel();
    }

    private static void stop(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private ChannelHandlerContext context() {
        return session.context();
    }

    // ---- demand

    /** Requests what there is room for; to be called whenever there may be more. */
    void request() {
        if (requesting) {
            return;
        }
        requesting = true;
        try {
            // A source that answers at once comes back here through its signals, and may have room again after.
            for (int round = 0; mayRequest(); round++) {
                if (round == MAX_ROUNDS) {
                    context().executor().execute(this::request);
                    return;
                }
                int granted = window.grant();
                if (granted == 0) {
                    return;
                }
                intake.request(granted);
            }
        } finally {
            requesting = false;
        }
    }

    private boolean mayRequest() {
        return !complete && intake.isSubscribed() && session.wantsAudio();
    }

    @Override
    public void onAudioSubscribed() {
        request();
    }

    /** Tells whether a signal that arrived is to be dealt with; refuses it otherwise, unless all is over. */
    private boolean accepts() {
        if (!session.takesSignals()) {
            return false;
        }
        if (!window.arrived()) {
            session.refuse(AudioIntake.UNREQUESTED);
            return false;
        }
        return true;
    }

    // ---- chunks

    @Override
    public void onAppend(Append append) {
        if (append.isFirstOfChunk() ? !accepts() : !session.takesSignals()) {
            append.frame().release();
            return;
        }
        if (append.isFirstOfChunk()) {
            sendHeld();
            window.sized(append.chunkBytes() * 4L / 3, append.chunkBytes());
        }
        window.sent(0, append.audioBytes());
        send(append);
        request();
    }

    @Override
    public void onShortChunk(ByteBuf audio) {
        if (!accepts()) {
            audio.release();
            return;
        }
        int bytes = audio.readableBytes();
        window.sent(0, bytes);
        window.sized(bytes * 4L / 3, bytes);
        if (held.add(audio, context().alloc())) {
            sendHeld();
        } else if (holdTimer == null) {
            holdTimer = context()
                    .executor()
                    .schedule(this::sendHeld, settings.minAppend().toNanos(), TimeUnit.NANOSECONDS);
        }
        request();
    }

    @Override
    public void onEmptyChunk() {
        if (accepts()) {
            request();
        }
    }

    /** Sends what was put together so far, if anything. */
    private void sendHeld() {
        stop(holdTimer);
        holdTimer = null;
        if (held.isEmpty()) {
            return;
        }
        ByteBuf audio = held.take();
        try {
            send(append(audio.nioBuffer()));
        } finally {
            audio.release();
        }
    }

    private Append append(ByteBuffer audio) {
        if (encoder == null) {
            encoder = new AppendEncoder("event_h", random);
        }
        int bytes = audio.remaining();
        return new Append(intake, encoder.frame(audio, context().alloc()), bytes, 0);
    }

    private void send(Append append) {
        sentBytes += append.audioBytes();
        timeline.heard(append.audioBytes());
        sentSinceTick = true;
        write(append);
    }

    /** Writes what the window counts as audio already. */
    private void write(Append append) {
        window.sent(append.wireBytes(), 0);
        // Asked first, since the number would be boxed in any case.
        if (log.isTraceEnabled()) {
            int bytes = append.audioBytes();
            log.write(to -> to.trace("{} sends input_audio_buffer.append, {} bytes of audio", session, bytes));
        }
        session.sendFrame(append.frame()).addListener(append);
    }

    @Override
    public void onWritten(Append append, Future<Void> written) {
        window.flushed(append.wireBytes(), append.audioBytes());
        if (written.isSuccess()) {
            request();
        } else {
            // Audio that did not leave is never passed over, whether or not the channel ends by it.
            session.onWriteFailed(written.cause());
        }
    }

    private void onSilenceTimer() {
        boolean sourcePauses = !sentSinceTick && held.isEmpty() && window.isIdle() && mayRequest();
        sentSinceTick = false;
        if (sourcePauses) {
            int bytes = (int) options.format().bytesIn(SILENCE);
            timeline.inserted(bytes);
            window.sent(0, bytes);
            write(append(ByteBuffer.allocate(bytes)));
        }
    }

    // ---- boundaries

    @Override
    public void onCommit() {
        if (!accepts()) {
            return;
        }
        if (!options.isManual()) {
            session.refuse("a commit is not allowed while the server detects the turns; use TurnDetection.manual()");
        } else {
            commit();
            request();
        }
    }

    private void commit() {
        sendHeld();
        session.sendCommit(sentBytes);
    }

    @Override
    public void onClear() {
        if (!accepts()) {
            return;
        }
        if (!options.isManual()) {
            session.refuse("a clear is not allowed while the server detects the turns; use TurnDetection.manual()");
        } else {
            sendHeld();
            session.sendClear(sentBytes);
            request();
        }
    }

    @Override
    public void onGap(AudioSignal.Gap gap) {
        if (!accepts()) {
            return;
        }
        if (!isPcm()) {
            session.refuse("a gap needs PCM: where it lies cannot be told among packets of "
                    + options.format().encoding());
        } else {
            sendHeld();
            session.emit(timeline.gap(gap));
            request();
        }
    }

    // ---- ends

    @Override
    public void onAudioComplete() {
        if (complete || !session.isStreaming()) {
            return;
        }
        complete = true;
        sendHeld();
        if (options.isManual()) {
            commit();
        }
        stop(silenceTimer);
        if (session.isStreaming()) {
            session.sendFinish();
        }
    }

    @Override
    public void onAudioError(Throwable error) {
        session.onAudioError(error);
    }

    @Override
    public void onInvalidSignal(String message) {
        session.refuse(message);
    }

    @Override
    public void onEarlyAudioError(Throwable error) {
        session.onEarlyAudioError(error);
    }
}
