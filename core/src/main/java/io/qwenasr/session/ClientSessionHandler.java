package io.qwenasr.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.EventOverflowException;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.ProtocolException;
import io.qwenasr.ServerError;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.SessionTimeoutException.Awaited;
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
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.slf4j.LoggerFactory;

/** The client's state machine; everything but the audio intake runs on the event loop. */
final class ClientSessionHandler extends SessionHandler
        implements ClientAudio.Session, QueuedPublisher.Owner<TranscriptionEvent>, KeepAlive.Peer {

    private static final int CLOSE_NORMAL = 1000;
    private static final int CLOSE_PROTOCOL_ERROR = 1002;
    private static final int CLOSE_TOO_BIG = 1009;

    /** Audio shorter than this is what services call too small to commit. */
    private static final Duration LEAST_COMMIT = Duration.ofMillis(100);

    private final SessionLog log = new SessionLog(LoggerFactory.getLogger(ClientSession.class));
    private final SessionOptions options;
    private final ClientSessionSettings settings;
    private final QueuedPublisher<TranscriptionEvent> events = new QueuedPublisher<>(this);
    private final ClientAudio audio;
    private final ClientItems items;
    private final ClientCommits commits;
    private volatile @Nullable EventExecutor loop;
    private volatile Runnable onAbandoned = () -> {};

    private SessionPhase phase = SessionPhase.CONNECTING;
    private @Nullable String sessionId;
    private @Nullable String model;
    private @Nullable Future<?> timer;
    private @Nullable Future<?> resultTimer;
    private final KeepAlive keepAlive;
    private boolean eventHeard;
    private int controlEvents;

    ClientSessionHandler(SessionOptions options, ClientSessionSettings settings, SecureRandom random) {
        super(settings.closeTimeout());
        this.options = options;
        this.settings = settings;
        this.audio = new ClientAudio(this, options, settings, random);
        this.items = new ClientItems(options.isManual());
        // Where the length in time is not known, none is too short to be missed.
        this.commits = new ClientCommits(isPcm() ? options.format().bytesIn(LEAST_COMMIT) : 0);
        this.events.whenCancelledBeforeAttach(this::abandonConnection);
        this.keepAlive = new KeepAlive(settings.keepAliveInterval(), settings.keepAliveTimeout(), this);
    }

    private boolean isPcm() {
        return options.format().encoding() == AudioFormat.Encoding.PCM;
    }

    Publisher<TranscriptionEvent> events() {
        return events;
    }

    Subscriber<AudioSignal> audio() {
        return audio.subscriber();
    }

    long audioBytesInFlight() {
        return audio.bytesInFlight();
    }

    void logContext(Map<String, String> context) {
        log.context(context);
        audio.log().context(context);
    }

    void onCancelWhileConnecting(Runnable action) {
        onAbandoned = action;
    }

    private void abandonConnection() {
        audio.cancel();
        onAbandoned.run();
    }

    boolean failUnconnected(Throwable cause) {
        if (events.failUnattached(cause)) {
            audio.cancel();
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
        audio.attach();
        if (!events.attach(ctx.executor())) {
            phase = SessionPhase.CLOSED;
            audio.cancel();
            close(CLOSE_NORMAL, "");
            return;
        }
        phase = SessionPhase.CONFIGURING;
        sendControl(new ClientEvent.SessionUpdate(nextEventId(), SessionConfig.of(options), Extras.NONE));
        startTimer(Awaited.CONFIGURATION, "answer to session.update", settings.readyTimeout());
        keepAlive.start(ctx.executor());
    }

    @Override
    void onSignOfLife() {
        keepAlive.heard();
    }

    @Override
    public Future<Void> ping() {
        return sendPing();
    }

    @Override
    public void onDead() {
        onTimeout(Awaited.SIGN_OF_LIFE, "sign of life from the service", settings.keepAliveTimeout());
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
    void onTransportError(Throwable error) {
        Throwable cause = error;
        // TLS fails as a decoder of the pipeline.
        while (cause instanceof DecoderException && cause.getCause() != null) {
            cause = cause.getCause();
        }
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
            startFinishTimer();
        }
        if (log.isTraceEnabled()) {
            log.write(to -> to.trace("{} received {}", this, json.toString(StandardCharsets.UTF_8)));
        }
        int size = json.readableBytes();
        if (!options.partials() && ServerEvents.isText(json)) {
            eventHeard = true;
            return;
        }
        ServerEvent event;
        try {
            event = ServerEvents.decodeWithoutId(json);
        } catch (MalformedEventException e) {
            fail(
                    protocolError("the service sent something that is not an event: " + e.getMessage(), e),
                    CLOSE_PROTOCOL_ERROR);
            return;
        }
        if (log.isDebugEnabled()) {
            log.write(to -> to.debug("{} received {}, {} bytes", this, event.type(), size));
        }
        eventHeard = true;
        onEvent(event);
        watchResults();
        if (events.size() > settings.maxEvents()) {
            fail(new EventOverflowException(settings.maxEvents(), phase, sessionId), CLOSE_NORMAL);
        }
    }

    @Override
    void onBinary(ByteBuf content) {
        if (log.isDebugEnabled()) {
            log.write(to -> to.debug("{} ignored a binary frame of {} bytes", this, content.readableBytes()));
        }
    }

    /** Makes sure that a result which is due comes, or an error. */
    private void watchResults() {
        if (phase == SessionPhase.STREAMING && resultTimer == null && isResultDue()) {
            eventHeard = false;
            resultTimer = context()
                    .executor()
                    .schedule(this::onResultTimer, settings.resultTimeout().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private boolean isResultDue() {
        return commits.outstanding() > 0 || items.isResultDue();
    }

    private void onResultTimer() {
        resultTimer = null;
        // While the last results are awaited another timer runs.
        if (phase != SessionPhase.STREAMING) {
            return;
        }
        if (isResultDue() && !eventHeard) {
            onTimeout(Awaited.RESULT, "event while a result is due", settings.resultTimeout());
        } else {
            watchResults();
        }
    }

    private void onEvent(ServerEvent event) {
        if (event instanceof ServerEvent.Text text) {
            if (options.partials() && items.touch(text.itemId()) != null) {
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
            commits.cleared();
            if (options.isManual()) {
                items.cleared();
            }
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
        audio.start();
    }

    private void onSpeechStarted(ServerEvent.SpeechStarted event) {
        ClientItems.Item item = items.touch(event.itemId());
        if (item == null) {
            return;
        }
        Duration start = Duration.ofMillis(event.audioStartMs());
        item.startsAt(start);
        events.offer(audio.timeline().place(new TranscriptionEvent.SpeechStarted(event.itemId(), start)));
    }

    private void onSpeechStopped(ServerEvent.SpeechStopped event) {
        Duration end = Duration.ofMillis(event.audioEndMs());
        String id = event.itemId();
        if (id != null) {
            ClientItems.Item item = items.touch(id);
            if (item == null) {
                return;
            }
            item.endsAt(end);
        }
        events.offer(audio.timeline().place(new TranscriptionEvent.SpeechStopped(id, end)));
    }

    private void onItemCreated(ServerEvent.ItemCreated event) {
        // In manual mode some servers announce the item at its first append, long before it is committed.
        if (!options.isManual() || commits.outstanding() > 0) {
            onCommitted(event.itemId(), event.previousItemId());
        } else {
            items.touch(event.itemId());
        }
    }

    private void onCommitted(String itemId, @Nullable String previousItemId) {
        ClientItems.Item item = items.touch(itemId);
        if (item != null && commit(item)) {
            String previous = previousItemId == null || previousItemId.isEmpty() ? null : previousItemId;
            events.offer(new TranscriptionEvent.Committed(itemId, previous));
        }
    }

    /**
     * Marks an item as committed; in manual mode that answers a commit.
     *
     * @return true the first time
     */
    private boolean commit(ClientItems.Item item) {
        if (!item.commit()) {
            return false;
        }
        ClientCommits.Range range = commits.accepted();
        if (range != null) {
            item.startsAt(positionOf(range.start()));
            item.endsAt(positionOf(range.end()));
        }
        return true;
    }

    private @Nullable Duration positionOf(long audioBytes) {
        return isPcm() ? options.format().durationOf(audioBytes) : null;
    }

    private void onCompleted(ServerEvent.Completed event) {
        ClientItems.Item item = items.touch(event.itemId());
        if (item == null) {
            return;
        }
        commit(item);
        items.ended(item);
        events.offer(audio.timeline()
                .place(new TranscriptionEvent.Final(
                        event.itemId(),
                        event.transcript(),
                        event.language(),
                        event.emotion(),
                        item.start(),
                        item.end())));
    }

    private void onFailed(ServerEvent.Failed event) {
        ClientItems.Item item = items.touch(event.itemId());
        if (item == null) {
            return;
        }
        if (item.commit()) {
            commits.failed();
        }
        items.ended(item);
        events.offer(new TranscriptionEvent.Failed(event.itemId(), event.error()));
    }

    private void onError(ServerEvent.ErrorReported event) {
        if (phase == SessionPhase.CONFIGURING || event.error().isFatal()) {
            fail(new ServerErrorException(event.error(), phase, sessionId), CLOSE_NORMAL);
            return;
        }
        events.offer(reported(event.error(), commits.refused(event.error())));
    }

    private TranscriptionEvent.ErrorReported reported(ServerError error, ClientCommits.@Nullable Range refused) {
        if (refused == null) {
            return new TranscriptionEvent.ErrorReported(error);
        }
        return (TranscriptionEvent.ErrorReported) audio.timeline()
                .place(new TranscriptionEvent.ErrorReported(
                        error, positionOf(refused.start()), positionOf(refused.end())));
    }

    private void onSessionFinished() {
        if (phase != SessionPhase.FINISHING) {
            fail(
                    new ConnectionClosedException(
                            CLOSE_NORMAL, "session.finished before the audio was complete", phase, sessionId, null),
                    CLOSE_NORMAL);
            return;
        }
        List<String> owed = items.owed();
        ClientCommits.Refusal missing = commits.missing();
        if (owed.isEmpty() && commits.outstanding() == 0 && missing == null) {
            end(CLOSE_NORMAL);
            events.complete();
        } else {
            TranscriptionEvent.ErrorReported refusal =
                    missing == null ? null : reported(missing.error(), missing.audio());
            fail(new IncompleteTranscriptException(owed, commits.outstanding(), refusal, sessionId), CLOSE_NORMAL);
        }
    }

    // ---- audio from the caller

    @Override
    void onWritabilityChanged() {
        audio.request();
    }

    @Override
    public void onDemand() {
        audio.request();
    }

    @Override
    public boolean takesSignals() {
        return phase == SessionPhase.CONFIGURING || phase == SessionPhase.STREAMING;
    }

    @Override
    public boolean isStreaming() {
        return phase == SessionPhase.STREAMING;
    }

    @Override
    public boolean wantsAudio() {
        return phase == SessionPhase.STREAMING
                && events.wasRequested()
                && events.size() < settings.eventsAhead()
                && context().channel().isWritable();
    }

    @Override
    public void sendCommit(long sentBytes) {
        if (!commits.isDue(sentBytes)) {
            return;
        }
        String eventId = nextEventId();
        commits.sent(eventId, sentBytes);
        sendControl(new ClientEvent.Commit(eventId, Extras.NONE));
        watchResults();
    }

    @Override
    public void sendClear(long sentBytes) {
        commits.clearSent(sentBytes);
        sendControl(new ClientEvent.Clear(nextEventId(), Extras.NONE));
    }

    @Override
    public void sendFinish() {
        phase = SessionPhase.FINISHING;
        sendControl(new ClientEvent.Finish(nextEventId(), Extras.NONE));
        startFinishTimer();
    }

    @Override
    public void emit(TranscriptionEvent event) {
        events.offer(event);
    }

    @Override
    public void refuse(String message) {
        fail(new InvalidSignalException(message, phase, sessionId), CLOSE_NORMAL);
    }

    @Override
    public void onAudioError(Throwable error) {
        fail(error, CLOSE_NORMAL);
    }

    @Override
    public void onEarlyAudioError(Throwable error) {
        if (events.failUnattached(error)) {
            abandonConnection();
            return;
        }
        // Read only now: it is there once the events are attached to it.
        EventExecutor executor = loop;
        if (executor != null) {
            executor.execute(() -> onAudioError(error));
        }
    }

    @Override
    public void onWriteFailed(@Nullable Throwable cause) {
        onDisconnected(cause);
        context().close();
    }

    // ---- ends

    @Override
    public void onCancel() {
        end(CLOSE_NORMAL);
    }

    private void fail(Throwable cause, int closeCode) {
        if (phase == SessionPhase.CLOSED) {
            return;
        }
        end(closeCode);
        events.fail(cause);
    }

    /** Comes before the last signal: what a subscriber or a source throws keeps no connection open. */
    private void end(int closeCode) {
        phase = SessionPhase.CLOSED;
        stopTimer();
        stop(resultTimer);
        keepAlive.stop();
        close(closeCode, "");
        audio.cancel();
    }

    // ---- small parts

    private void sendControl(ClientEvent event) {
        ByteBuf json = ClientEvents.encode(event, context().alloc());
        if (log.isDebugEnabled()) {
            log.write(to -> to.debug("{} sends {}, {} bytes", this, event.type(), json.readableBytes()));
        }
        if (log.isTraceEnabled()) {
            log.write(to -> to.trace("{} sends {}", this, json.toString(StandardCharsets.UTF_8)));
        }
        send(json);
    }

    private String nextEventId() {
        return "event_c" + ++controlEvents;
    }

    private void startFinishTimer() {
        startTimer(Awaited.FINISH, "event while the last results are awaited", settings.finishTimeout());
    }

    private void startTimer(Awaited awaited, String what, Duration timeout) {
        stopTimer();
        timer = context()
                .executor()
                .schedule(() -> onTimeout(awaited, what, timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void onTimeout(Awaited awaited, String what, Duration timeout) {
        fail(new SessionTimeoutException(awaited, what, timeout, phase, sessionId), CLOSE_NORMAL);
    }

    private void stopTimer() {
        stop(timer);
        timer = null;
    }

    private static void stop(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public String toString() {
        return sessionId == null ? "[asr client]" : "[asr client " + sessionId + "]";
    }
}
