package io.qwenasr.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.EventOverflowException;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.ProtocolException;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.ClientEvent;
import io.qwenasr.codec.ClientEvents;
import io.qwenasr.codec.Extras;
import io.qwenasr.codec.MalformedEventException;
import io.qwenasr.codec.ServerEvent;
import io.qwenasr.codec.ServerEvents;
import io.qwenasr.codec.SessionConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client's state machine; everything but the audio intake runs on the event loop. */
final class ClientSessionHandler extends SessionHandler
        implements AudioIntake.Sink, QueuedPublisher.Owner<TranscriptionEvent> {

    private static final Logger log = LoggerFactory.getLogger(ClientSession.class);
    private static final int CLOSE_NORMAL = 1000;
    private static final int CLOSE_PROTOCOL_ERROR = 1002;
    private static final int CLOSE_TOO_BIG = 1009;

    private final SessionOptions options;
    private final ClientSessionSettings settings;
    private final QueuedPublisher<TranscriptionEvent> events = new QueuedPublisher<>(this);
    private final AudioIntake intake;
    private final AudioWindow window;
    private final ClientItems items = new ClientItems();
    private volatile @Nullable EventExecutor loop;
    private volatile Runnable onAbandoned = () -> {};

    private SessionPhase phase = SessionPhase.CONNECTING;
    private @Nullable String sessionId;
    private @Nullable String model;
    private @Nullable Future<?> timer;
    private boolean requesting;
    private boolean audioComplete;
    private long sentAudioBytes;
    private long committedAudioBytes;
    private long uncommittedAudioBytes;
    private int controlEvents;

    ClientSessionHandler(SessionOptions options, ClientSessionSettings settings) {
        super(settings.closeTimeout());
        this.options = options;
        this.settings = settings;
        this.intake = new AudioIntake(this, options.format());
        this.events.whenCancelledBeforeAttach(this::abandonConnection);
        this.window = new AudioWindow(settings.windowBytes(), windowAudioBytes(options, settings));
    }

    private static long windowAudioBytes(SessionOptions options, ClientSessionSettings settings) {
        return switch (options.format().encoding()) {
            case PCM -> Math.max(2, options.format().bytesIn(settings.windowAudio()));
            case OPUS -> Long.MAX_VALUE;
        };
    }

    Publisher<TranscriptionEvent> events() {
        return events;
    }

    Subscriber<AudioSignal> audio() {
        return intake;
    }

    void onCancelWhileConnecting(Runnable action) {
        onAbandoned = action;
    }

    private void abandonConnection() {
        intake.cancel();
        onAbandoned.run();
    }

    boolean failUnconnected(Throwable cause) {
        if (events.failUnattached(cause)) {
            intake.cancel();
            return true;
        }
        return false;
    }

    // ---- connection

    @Override
    void onOpen(ChannelHandlerContext ctx) {
        if (phase != SessionPhase.CONNECTING) {
            return;
        }
        loop = ctx.executor();
        intake.attach(ctx.executor(), ctx.alloc());
        if (!events.attach(ctx.executor())) {
            phase = SessionPhase.CLOSED;
            intake.cancel();
            close(CLOSE_NORMAL, "");
            return;
        }
        phase = SessionPhase.CONFIGURING;
        sendControl(new ClientEvent.SessionUpdate(nextEventId(), SessionConfig.of(options), Extras.NONE));
        startTimer("answer to session.update", settings.readyTimeout());
    }

    @Override
    void onPeerClose(int code, String reason) {
        fail(new ConnectionClosedException(code, reason, phase, sessionId, null), CLOSE_NORMAL);
    }

    @Override
    void onDisconnected(@Nullable Throwable cause) {
        fail(
                new ConnectionClosedException(ConnectionClosedException.NO_CLOSE_FRAME, "", phase, sessionId, cause),
                CLOSE_NORMAL);
    }

    @Override
    void onTransportError(Throwable cause) {
        if (cause instanceof IOException) {
            onDisconnected(cause);
            context().close();
        } else if (cause instanceof TooLongFrameException || isTooLong(cause)) {
            fail(
                    protocolError("a frame from the service exceeds the limit: " + cause.getMessage(), cause),
                    CLOSE_TOO_BIG);
        } else if (cause instanceof CorruptedFrameException) {
            fail(protocolError("the service sent a corrupt frame: " + cause.getMessage(), cause), CLOSE_PROTOCOL_ERROR);
        } else {
            fail(protocolError("the session failed: " + cause, cause), CLOSE_PROTOCOL_ERROR);
        }
    }

    private static boolean isTooLong(Throwable cause) {
        return cause instanceof CorruptedWebSocketFrameException corrupted
                && corrupted.closeStatus().code() == CLOSE_TOO_BIG;
    }

    private ProtocolException protocolError(String message, @Nullable Throwable cause) {
        return new ProtocolException(message, phase, sessionId, cause);
    }

    // ---- events from the service

    @Override
    void onText(ByteBuf json) {
        if (phase == SessionPhase.CLOSED) {
            return;
        }
        if (phase == SessionPhase.FINISHING) {
            startTimer("event while the last results are awaited", settings.finishTimeout());
        }
        if (log.isTraceEnabled()) {
            log.trace("{} received {}", this, json.toString(StandardCharsets.UTF_8));
        }
        ServerEvent event;
        try {
            event = ServerEvents.decode(json);
        } catch (MalformedEventException e) {
            fail(
                    protocolError("the service sent something that is not an event: " + e.getMessage(), e),
                    CLOSE_PROTOCOL_ERROR);
            return;
        }
        log.debug("{} received {}", this, event.type());
        onEvent(event);
        if (events.size() > settings.maxEvents()) {
            fail(new EventOverflowException(settings.maxEvents(), phase, sessionId), CLOSE_NORMAL);
        }
    }

    @Override
    void onBinary(ByteBuf content) {
        log.debug("{} ignored a binary frame of {} bytes", this, content.readableBytes());
    }

    private void onEvent(ServerEvent event) {
        if (event instanceof ServerEvent.Text text) {
            if (items.touch(text.itemId()) != null) {
                events.offer(new TranscriptionEvent.Partial(
                        text.itemId(), text.text(), text.stash(), text.language(), text.emotion()));
            }
        } else if (event instanceof ServerEvent.Completed completed) {
            onCompleted(completed);
        } else if (event instanceof ServerEvent.SpeechStarted started) {
            onSpeechStarted(started);
        } else if (event instanceof ServerEvent.SpeechStopped stopped) {
            onSpeechStopped(stopped);
        } else if (event instanceof ServerEvent.Committed committed) {
            onCommitted(committed.itemId(), committed.previousItemId());
        } else if (event instanceof ServerEvent.ItemCreated created) {
            onItemCreated(created);
        } else if (event instanceof ServerEvent.Failed failed) {
            onFailed(failed);
        } else if (event instanceof ServerEvent.SessionCreated created) {
            sessionId = created.session().id();
            model = created.session().model();
        } else if (event instanceof ServerEvent.SessionUpdated updated) {
            onSessionUpdated(updated.session());
        } else if (event instanceof ServerEvent.SessionFinished) {
            onSessionFinished();
        } else if (event instanceof ServerEvent.ErrorReported reported) {
            onError(reported);
        } else if (event instanceof ServerEvent.Cleared) {
            events.offer(new TranscriptionEvent.Cleared());
        } else if (event instanceof ServerEvent.Unknown unknown) {
            events.offer(new TranscriptionEvent.Unknown(unknown.type(), unknown.json()));
        }
    }

    private void onSessionUpdated(SessionConfig session) {
        if (phase != SessionPhase.CONFIGURING) {
            return;
        }
        if (session.id() != null) {
            sessionId = session.id();
        }
        if (session.model() != null) {
            model = session.model();
        }
        stopTimer();
        phase = SessionPhase.STREAMING;
        events.offer(new TranscriptionEvent.SessionReady(sessionId == null ? "" : sessionId, model));
        if (intake.isCompleted()) {
            onAudioComplete();
        }
        requestAudio();
    }

    private void onSpeechStarted(ServerEvent.SpeechStarted event) {
        ClientItems.Item item = items.touch(event.itemId());
        Duration start = Duration.ofMillis(event.audioStartMs());
        if (item != null) {
            item.startsAt(start);
        }
        events.offer(new TranscriptionEvent.SpeechStarted(event.itemId(), start));
    }

    private void onSpeechStopped(ServerEvent.SpeechStopped event) {
        Duration end = Duration.ofMillis(event.audioEndMs());
        String id = event.itemId();
        ClientItems.Item item = id == null ? null : items.touch(id);
        if (item != null) {
            item.endsAt(end);
        }
        events.offer(new TranscriptionEvent.SpeechStopped(id, end));
    }

    private void onItemCreated(ServerEvent.ItemCreated event) {
        // In manual mode some servers announce the item at its first append, long before it is committed.
        if (!options.isManual() || items.hasUnansweredCommits()) {
            onCommitted(event.itemId(), event.previousItemId());
        } else {
            items.touch(event.itemId());
        }
    }

    private void onCommitted(String itemId, @Nullable String previousItemId) {
        ClientItems.Item item = items.touch(itemId);
        if (item != null && items.committed(item)) {
            String previous = previousItemId == null || previousItemId.isEmpty() ? null : previousItemId;
            events.offer(new TranscriptionEvent.Committed(itemId, previous));
        }
    }

    private void onCompleted(ServerEvent.Completed event) {
        ClientItems.Item item = items.touch(event.itemId());
        if (item == null) {
            return;
        }
        items.committed(item);
        items.ended(item);
        events.offer(new TranscriptionEvent.Final(
                event.itemId(), event.transcript(), event.language(), event.emotion(), item.start(), item.end()));
    }

    private void onFailed(ServerEvent.Failed event) {
        ClientItems.Item item = items.touch(event.itemId());
        if (item == null) {
            return;
        }
        items.committed(item);
        items.ended(item);
        events.offer(new TranscriptionEvent.Failed(event.itemId(), event.error()));
    }

    private void onError(ServerEvent.ErrorReported event) {
        if (phase == SessionPhase.CONFIGURING || event.error().isFatal()) {
            fail(new ServerErrorException(event.error(), phase, sessionId), CLOSE_NORMAL);
            return;
        }
        String cause = event.error().eventId();
        if (cause != null) {
            items.commitRefused(cause);
        }
        events.offer(new TranscriptionEvent.ErrorReported(event.error()));
    }

    private void onSessionFinished() {
        if (phase != SessionPhase.FINISHING) {
            fail(
                    new ConnectionClosedException(
                            CLOSE_NORMAL, "session.finished before the audio was complete", phase, sessionId, null),
                    CLOSE_NORMAL);
        } else if (!items.allEnded()) {
            fail(
                    new IncompleteTranscriptException(items.openIds(), items.unansweredCommits(), sessionId),
                    CLOSE_NORMAL);
        } else {
            end();
            events.complete();
            close(CLOSE_NORMAL, "");
        }
    }

    // ---- audio from the caller

    private void requestAudio() {
        if (requesting || !mayRequestAudio()) {
            return;
        }
        requesting = true;
        try {
            // A source that answers at once comes back here through its signals, and may have room again after.
            int granted = window.grant();
            while (granted > 0) {
                intake.request(granted);
                granted = mayRequestAudio() ? window.grant() : 0;
            }
        } finally {
            requesting = false;
        }
    }

    private boolean mayRequestAudio() {
        return phase == SessionPhase.STREAMING
                && !audioComplete
                && intake.isSubscribed()
                && events.wasRequested()
                && events.size() < settings.eventsAhead()
                && context().channel().isWritable();
    }

    @Override
    void onWritabilityChanged() {
        requestAudio();
    }

    @Override
    public void onDemand() {
        requestAudio();
    }

    @Override
    public void onAudioSubscribed() {
        requestAudio();
    }

    /** Before it streams a session has requested nothing: what comes is refused then, not dropped in silence. */
    private boolean takesSignals() {
        return phase == SessionPhase.CONFIGURING || phase == SessionPhase.STREAMING;
    }

    @Override
    public void onChunk(List<AudioIntake.Append> appends) {
        if (!takesSignals() || !window.arrived()) {
            appends.forEach(append -> append.json().release());
            if (takesSignals()) {
                onInvalidSignal(AudioIntake.UNREQUESTED);
            }
            return;
        }
        long wireBytes = 0;
        long audioBytes = 0;
        for (AudioIntake.Append append : appends) {
            wireBytes += append.json().readableBytes();
            audioBytes += append.audioBytes();
            send(append);
        }
        window.sized(wireBytes, audioBytes);
        requestAudio();
    }

    private void send(AudioIntake.Append append) {
        long wireBytes = append.json().readableBytes();
        int audioBytes = append.audioBytes();
        window.sent(wireBytes, audioBytes);
        sentAudioBytes += audioBytes;
        uncommittedAudioBytes += audioBytes;
        log.trace("{} sends input_audio_buffer.append, {} bytes of audio", this, audioBytes);
        send(append.json()).addListener(written -> {
            window.flushed(wireBytes, audioBytes);
            if (written.isSuccess()) {
                requestAudio();
            } else {
                // Audio that did not leave is never passed over, whether or not the channel ends by it.
                onDisconnected(written.cause());
                context().close();
            }
        });
    }

    @Override
    public void onCommit() {
        if (!takesSignals()) {
            return;
        }
        if (!window.arrived()) {
            onInvalidSignal(AudioIntake.UNREQUESTED);
        } else if (!options.isManual()) {
            onInvalidSignal("a commit is not allowed while the server detects the turns; use TurnDetection.manual()");
        } else {
            commit();
            requestAudio();
        }
    }

    private void commit() {
        if (uncommittedAudioBytes == 0) {
            return;
        }
        String eventId = nextEventId();
        items.commitSent(eventId, positionOf(committedAudioBytes), positionOf(sentAudioBytes));
        committedAudioBytes = sentAudioBytes;
        uncommittedAudioBytes = 0;
        sendControl(new ClientEvent.Commit(eventId, Extras.NONE));
    }

    private Duration positionOf(long audioBytes) {
        return options.format().durationOf(audioBytes);
    }

    @Override
    public void onClear() {
        if (!takesSignals()) {
            return;
        }
        if (!window.arrived()) {
            onInvalidSignal(AudioIntake.UNREQUESTED);
        } else if (!options.isManual()) {
            onInvalidSignal("a clear is not allowed while the server detects the turns; use TurnDetection.manual()");
        } else {
            committedAudioBytes = sentAudioBytes;
            uncommittedAudioBytes = 0;
            sendControl(new ClientEvent.Clear(nextEventId(), Extras.NONE));
            requestAudio();
        }
    }

    @Override
    public void onAudioComplete() {
        if (phase != SessionPhase.STREAMING || audioComplete) {
            return;
        }
        audioComplete = true;
        if (options.isManual()) {
            commit();
        }
        phase = SessionPhase.FINISHING;
        sendControl(new ClientEvent.Finish(nextEventId(), Extras.NONE));
        startTimer("event while the last results are awaited", settings.finishTimeout());
    }

    @Override
    public void onAudioError(Throwable error) {
        fail(error, CLOSE_NORMAL);
    }

    @Override
    public void onInvalidSignal(String message) {
        fail(new InvalidSignalException(message, phase, sessionId), CLOSE_NORMAL);
    }

    @Override
    public void onEarlyAudioError(Throwable error) {
        EventExecutor executor = loop;
        if (events.failUnattached(error)) {
            abandonConnection();
        } else if (executor != null) {
            executor.execute(() -> onAudioError(error));
        }
    }

    // ---- ends

    @Override
    public void onCancel() {
        end();
        close(CLOSE_NORMAL, "");
    }

    private void fail(Throwable cause, int closeCode) {
        if (phase == SessionPhase.CLOSED) {
            return;
        }
        end();
        events.fail(cause);
        close(closeCode, "");
    }

    private void end() {
        phase = SessionPhase.CLOSED;
        stopTimer();
        intake.cancel();
    }

    // ---- small parts

    private void sendControl(ClientEvent event) {
        ByteBuf json = ClientEvents.encode(event, context().alloc());
        log.debug("{} sends {}", this, event.type());
        if (log.isTraceEnabled()) {
            log.trace("{} sends {}", this, json.toString(StandardCharsets.UTF_8));
        }
        send(json);
    }

    private String nextEventId() {
        return "event_c" + ++controlEvents;
    }

    private void startTimer(String awaited, Duration timeout) {
        stopTimer();
        timer = context()
                .executor()
                .schedule(
                        () -> fail(new SessionTimeoutException(awaited, timeout, phase, sessionId), CLOSE_NORMAL),
                        timeout.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    public String toString() {
        return sessionId == null ? "[asr client]" : "[asr client " + sessionId + "]";
    }
}
