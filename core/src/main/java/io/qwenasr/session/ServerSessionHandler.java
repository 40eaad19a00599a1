package io.qwenasr.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.qwenasr.AudioSignal;
import io.qwenasr.ServerError;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.ClientEvent;
import io.qwenasr.codec.ClientEvents;
import io.qwenasr.codec.Extras;
import io.qwenasr.codec.MalformedEventException;
import io.qwenasr.codec.ServerEvent;
import io.qwenasr.codec.ServerEvents;
import io.qwenasr.codec.SessionConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's state machine; everything runs on the event loop. */
final class ServerSessionHandler extends SessionHandler
        implements QueuedPublisher.Owner<AudioSignal>, BackendEvents.Sink {

    private enum State {
        /** Not yet in an open channel. */
        NEW,
        /** No audio yet: the configuration may change. */
        CONFIGURABLE,
        /** The backend listens. */
        STREAMING,
        /** The audio is complete; the backend's last events are awaited. */
        FINISHING,
        /** {@code session.finished} is sent; the client is to close. */
        FINISHED,
        CLOSED
    }

    private static final Logger log = LoggerFactory.getLogger(ServerSession.class);
    private static final int CLOSE_NORMAL = 1000;
    private static final int CLOSE_GOING_AWAY = 1001;
    private static final int CLOSE_PROTOCOL_ERROR = 1002;
    private static final int CLOSE_IDLE = 1007;
    private static final int CLOSE_TOO_BIG = 1009;
    private static final int CLOSE_SERVER_ERROR = 1011;
    private static final String IDLE_CODE = "response_idle_timeout";
    private static final int APPEND_OVERHEAD_BYTES = 128;
    private static final int MAX_ECHOED_CHARS = 256;

    private final SessionBackend backend;
    private final ServerSessionSettings settings;
    private final String sessionId = Ids.random("sess_");
    private final QueuedPublisher<AudioSignal> audio = new QueuedPublisher<>(this);
    private final BackendEvents events;
    private final ServerItems items = new ServerItems();
    private volatile @Nullable EventExecutor loop;

    private ServerConfiguration configuration;
    private State state = State.NEW;
    private volatile boolean draining;
    private boolean finishRequested;
    private long queuedAudioBytes;
    private long uncommittedAudioBytes;
    private boolean audioFull;
    private boolean readingPaused;
    private boolean heardLately;
    private final QuietTimer clientTimer;
    private final QuietTimer backendTimer;
    private @Nullable Future<?> heartbeat;
    private long sentEvents;

    ServerSessionHandler(SessionBackend backend, String model, ServerSessionSettings settings) {
        super(settings.closeTimeout());
        this.backend = backend;
        this.settings = settings;
        this.configuration = ServerConfiguration.defaults(sessionId, model);
        this.events = new BackendEvents(this, settings.eventsInFlight());
        this.clientTimer = new QuietTimer(settings.idleTimeout(), this::isClientsTurn, this::onClientIdle);
        this.backendTimer = new QuietTimer(settings.backendTimeout(), this::isBackendsTurn, this::onBackendStuck);
    }

    String sessionId() {
        return sessionId;
    }

    // ---- connection

    @Override
    void onOpen(ChannelHandlerContext ctx) {
        if (state != State.NEW) {
            return;
        }
        state = State.CONFIGURABLE;
        loop = ctx.executor();
        audio.attach(ctx.executor());
        events.attach(ctx.executor());
        clientTimer.start(ctx.executor());
        backendTimer.start(ctx.executor());
        // A finished client is asked before it is taken for gone.
        long mostOfSilence = Math.max(1, settings.idleTimeout().toNanos() / 4);
        long beat = Math.min(settings.heartbeatInterval().toNanos(), mostOfSilence);
        heartbeat = ctx.executor().scheduleAtFixedRate(this::onHeartbeat, beat, beat, TimeUnit.NANOSECONDS);
        sendEvent(new ServerEvent.SessionCreated(nextEventId(), configuration.echo(), Extras.NONE));
        if (draining) {
            drainOnLoop();
        }
    }

    /** A client that is not read from cannot be heard: it need not be, as long as it takes what it is sent. */
    private boolean isClientsTurn() {
        return state != State.FINISHED && !(readingPaused && takesWhatItIsSent());
    }

    private boolean takesWhatItIsSent() {
        return context().channel().isWritable() && !events.areHeldBack();
    }

    private void onClientIdle() {
        String message =
                "no user input was received for " + settings.idleTimeout().toSeconds() + " seconds";
        sendError(new ServerError(ServerError.SERVER_ERROR, IDLE_CODE, message, null, null));
        end(CLOSE_IDLE, message);
    }

    private boolean isBackendsTurn() {
        boolean audioWaits = state == State.STREAMING && audio.size() > 0;
        return (audioWaits || state == State.FINISHING) && takesWhatItIsSent();
    }

    private void onBackendStuck() {
        String message =
                "no response was generated for " + settings.backendTimeout().toSeconds() + " seconds";
        log.warn("{} ends: the transcriber is stuck; {}", this, message);
        failOpenItems("no result was produced in time");
        sendError(new ServerError(ServerError.SERVER_ERROR, IDLE_CODE, message, null, null));
        end(CLOSE_SERVER_ERROR, message);
    }

    /**
     * Shows the client that this side is there, and asks whether it is. Its own Pings wait behind its audio while
     * that is not read: a Pong comes unasked then. If it is gone, the write finds out.
     */
    private void onHeartbeat() {
        if (context().channel().isWritable() && state != State.FINISHED) {
            if (readingPaused) {
                sendPong();
            } else if (!heardLately) {
                sendPing();
            }
        }
        heardLately = false;
    }

    @Override
    void onSignOfLife() {
        heardLately = true;
        if (state == State.FINISHING) {
            clientTimer.reset();
        }
    }

    @Override
    void onPeerClose(int code, String reason) {
        log.debug("{} closed by the client with {} {}", this, code, reason);
        release();
    }

    @Override
    void onDisconnected(@Nullable Throwable cause) {
        release();
    }

    @Override
    void onTransportError(Throwable cause) {
        if (cause instanceof TooLongFrameException
                || (cause instanceof CorruptedWebSocketFrameException corrupted
                        && corrupted.closeStatus().code() == CLOSE_TOO_BIG)) {
            end(CLOSE_TOO_BIG, "frame exceeds the limit");
        } else if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
            log.debug("{} is cut off by {}", this, cause.toString());
            abort();
        } else {
            if (cause instanceof DecoderException || cause instanceof PrematureChannelClosureException) {
                log.debug("{} ends after {}", this, cause.toString());
            } else {
                log.warn("{} ends, since it has failed", this, cause);
            }
            end(CLOSE_PROTOCOL_ERROR, "");
        }
    }

    @Override
    void onWritabilityChanged() {
        events.writable(context().channel().isWritable());
        updateReading();
    }

    /**
     * Reads only while there is room for the audio, and for the answers to requests: a client that sends
     * requests and does not read would fill the memory with them. A closed session reads, to see the Close.
     */
    private void updateReading() {
        boolean pause =
                state != State.CLOSED && (audioFull || !context().channel().isWritable());
        if (pause != readingPaused) {
            readingPaused = pause;
            context().channel().config().setAutoRead(!pause);
        }
    }

    void drain() {
        // Before the loop is looked at: a session that opens meanwhile sets its loop first, then looks at this.
        draining = true;
        EventExecutor executor = loop;
        if (executor == null) {
            return;
        }
        if (executor.inEventLoop()) {
            drainOnLoop();
        } else {
            try {
                executor.execute(this::drainOnLoop);
            } catch (RejectedExecutionException loopShutDown) {
                log.debug("{} has ended with its event loop", this);
            }
        }
    }

    private void drainOnLoop() {
        switch (state) {
            case NEW, CONFIGURABLE -> end(CLOSE_GOING_AWAY, "server is stopping");
            case STREAMING -> {
                state = State.FINISHING;
                audio.complete();
            }
            // After session.finished the client is to close, within its grace: official SDKs fail otherwise.
            case FINISHING, FINISHED, CLOSED -> {}
        }
    }

    // ---- events from the client

    @Override
    void onText(ByteBuf json) {
        clientTimer.reset();
        if (state == State.CLOSED) {
            return;
        }
        try {
            ClientEvent event = ClientEvents.decode(json);
            logReceived(event, json);
            onEvent(event);
        } catch (MalformedEventException e) {
            refuse(new ServerError(
                    ServerError.INVALID_REQUEST, "invalid_event", e.getMessage(), e.param(), e.eventId()));
        }
    }

    @Override
    void onBinary(ByteBuf content) {
        clientTimer.reset();
        refuse(new ServerError(
                ServerError.INVALID_REQUEST,
                "invalid_event",
                "Binary frames are not supported; send JSON text frames.",
                null,
                null));
    }

    private void logReceived(ClientEvent event, ByteBuf json) {
        if (event instanceof ClientEvent.Append append) {
            if (log.isTraceEnabled()) {
                log.trace(
                        "{} received {}, {} bytes of audio",
                        this,
                        event.type(),
                        append.audio().remaining());
            }
            return;
        }
        if (log.isDebugEnabled()) {
            log.debug("{} received {}, {} bytes", this, event.type(), json.readableBytes());
        }
        if (log.isTraceEnabled()) {
            log.trace("{} received {}", this, json.toString(StandardCharsets.UTF_8));
        }
    }

    private void onEvent(ClientEvent event) {
        if (event instanceof ClientEvent.Append append) {
            onAppend(append.audio());
            return;
        }
        if (event instanceof ClientEvent.SessionUpdate update) {
            onUpdate(update);
        } else if (event instanceof ClientEvent.Commit commit) {
            onCommit(commit);
        } else if (event instanceof ClientEvent.Clear clear) {
            onClear(clear);
        } else if (event instanceof ClientEvent.Finish) {
            onFinish();
        } else {
            refuse(new ServerError(
                    ServerError.INVALID_REQUEST,
                    "invalid_event",
                    "Event type " + excerpt(event.type()) + " is not supported.",
                    "type",
                    event.eventId()));
        }
    }

    private void onUpdate(ClientEvent.SessionUpdate update) {
        if (state != State.CONFIGURABLE && state != State.STREAMING) {
            return;
        }
        try {
            ServerConfiguration updated = configuration.with(update.session());
            if (state == State.STREAMING && !updated.options().equals(configuration.options())) {
                throw new ServerConfiguration.Refusal(
                        "session", "the session cannot be changed after the first audio.");
            }
            configuration = updated;
            SessionConfig echo = configuration.echo();
            sendEvent(new ServerEvent.SessionUpdated(nextEventId(), echo, Extras.NONE));
        } catch (ServerConfiguration.Refusal refusal) {
            sendError(refusal.toError(update.eventId()));
        }
    }

    private void onAppend(ByteBuffer bytes) {
        if (!takesAudio() || !bytes.hasRemaining()) {
            return;
        }
        start();
        long size = costOf(bytes);
        queuedAudioBytes += size;
        uncommittedAudioBytes += bytes.remaining();
        if (!audio.offer(new AudioSignal.Chunk(bytes))) {
            // The backend wants no more: what is dropped must not stop the reading, or a Close would go unseen.
            queuedAudioBytes -= size;
        }
        if (queuedAudioBytes > settings.maxQueuedAudioBytes()) {
            audioFull = true;
            updateReading();
        }
    }

    /** An append of a single sample takes memory, too. */
    private static long costOf(ByteBuffer audio) {
        return (long) audio.remaining() + APPEND_OVERHEAD_BYTES;
    }

    private boolean takesAudio() {
        return state == State.CONFIGURABLE || state == State.STREAMING;
    }

    private void start() {
        if (state != State.CONFIGURABLE) {
            return;
        }
        state = State.STREAMING;
        SessionOptions options = configuration.options();
        try {
            backend.transcribe(audio, options).subscribe(events);
        } catch (RuntimeException e) {
            onBackendError(e);
        }
    }

    @Override
    public void onTaken(AudioSignal signal) {
        backendTimer.reset();
        if (signal instanceof AudioSignal.Chunk chunk) {
            queuedAudioBytes -= costOf(chunk.audio());
            if (audioFull && queuedAudioBytes <= settings.maxQueuedAudioBytes() / 2) {
                audioFull = false;
                updateReading();
            }
        }
    }

    @Override
    public void onDemand() {}

    @Override
    public void onCancel() {
        // The backend listens no more; reading goes on, so that the client's Close is seen.
        queuedAudioBytes = 0;
        audioFull = false;
        updateReading();
    }

    private void onCommit(ClientEvent.Commit commit) {
        if (!takesAudio()) {
            return;
        }
        if (!configuration.options().isManual()) {
            // The service was seen to ignore it, and the official Java demo sends it.
            log.debug("{} ignored a commit, since the server detects the turns", this);
        } else if (uncommittedAudioBytes == 0) {
            sendError(new ServerError(
                    ServerError.INVALID_REQUEST,
                    null,
                    "Error committing input audio buffer: buffer too small, or have no audio.",
                    null,
                    commit.eventId()));
        } else {
            uncommittedAudioBytes = 0;
            audio.offer(AudioSignal.commit());
        }
    }

    private void onClear(ClientEvent.Clear clear) {
        if (!takesAudio()) {
            return;
        }
        if (!configuration.options().isManual()) {
            sendError(new ServerError(
                    ServerError.INVALID_REQUEST,
                    "invalid_event",
                    "input_audio_buffer.clear is only allowed in manual mode.",
                    "type",
                    clear.eventId()));
            return;
        }
        if (uncommittedAudioBytes > 0) {
            uncommittedAudioBytes = 0;
            audio.offer(AudioSignal.clear());
        }
        sendEvent(new ServerEvent.Cleared(nextEventId(), Extras.NONE));
    }

    private void onFinish() {
        finishRequested = true;
        if (state == State.CONFIGURABLE) {
            sendFinished();
        } else if (state == State.STREAMING) {
            state = State.FINISHING;
            audio.complete();
        }
    }

    // ---- events from the backend

    @Override
    public void onBackendEvent(TranscriptionEvent event) {
        backendTimer.reset();
        if (event instanceof TranscriptionEvent.Partial partial) {
            if (items.touch(partial.itemId())) {
                sendBackend(new ServerEvent.Text(
                        nextEventId(),
                        partial.itemId(),
                        0,
                        partial.language(),
                        partial.emotion(),
                        partial.text(),
                        partial.stash(),
                        Extras.NONE));
                return;
            }
        } else if (event instanceof TranscriptionEvent.Final completed) {
            if (items.touch(completed.itemId())) {
                commit(completed.itemId(), null);
                items.end(completed.itemId());
                sendBackend(new ServerEvent.Completed(
                        nextEventId(),
                        completed.itemId(),
                        0,
                        completed.language(),
                        completed.emotion(),
                        completed.transcript(),
                        Extras.NONE));
                return;
            }
        } else if (event instanceof TranscriptionEvent.Failed failed) {
            if (items.touch(failed.itemId())) {
                sendFailed(failed.itemId(), withoutEventId(failed.error()));
                return;
            }
        } else if (event instanceof TranscriptionEvent.SpeechStarted started) {
            if (items.touch(started.itemId())) {
                sendBackend(new ServerEvent.SpeechStarted(
                        nextEventId(), started.itemId(), started.start().toMillis(), Extras.NONE));
                return;
            }
        } else if (event instanceof TranscriptionEvent.SpeechStopped stopped) {
            if (stopped.itemId() == null || items.touch(stopped.itemId())) {
                sendBackend(new ServerEvent.SpeechStopped(
                        nextEventId(), stopped.itemId(), stopped.end().toMillis(), Extras.NONE));
                return;
            }
        } else if (event instanceof TranscriptionEvent.Committed committed) {
            if (items.touch(committed.itemId())) {
                commit(committed.itemId(), committed.previousItemId());
            }
        } else if (event instanceof TranscriptionEvent.ErrorReported reported) {
            refuse(withoutEventId(reported.error()));
        } else if (event instanceof TranscriptionEvent.Unknown unknown) {
            sendBackend(new ServerEvent.Unknown(nextEventId(), unknown.type(), unknown.json()));
            return;
        }
        // SessionReady and Cleared: this session has told its client so itself.
        events.written();
    }

    private void commit(String itemId, @Nullable String previousItemId) {
        if (!items.commit(itemId)) {
            return;
        }
        String lastCommitted = items.previousOf(itemId);
        String previous = previousItemId == null ? lastCommitted : previousItemId;
        sendEvent(new ServerEvent.Committed(nextEventId(), itemId, previous, Extras.NONE));
        sendEvent(new ServerEvent.ItemCreated(nextEventId(), itemId, previous, Extras.NONE, Extras.NONE));
    }

    private void sendFailed(String itemId, ServerError error) {
        commit(itemId, null);
        items.end(itemId);
        sendBackend(new ServerEvent.Failed(nextEventId(), itemId, 0, error, Extras.NONE, Extras.NONE));
    }

    private void sendBackend(ServerEvent event) {
        sendEvent(event).addListener(done -> events.written());
    }

    @Override
    public void onBackendComplete() {
        if (state == State.CLOSED) {
            return;
        }
        failOpenItems("no result was produced");
        if (state != State.FINISHING) {
            log.warn("{} ends: the transcriber completed before the audio did", this);
            sendError(new ServerError(ServerError.SERVER_ERROR, "internal_error", "the transcriber ended", null, null));
            end(CLOSE_SERVER_ERROR, "the transcriber ended");
        } else if (draining && !finishRequested) {
            end(CLOSE_GOING_AWAY, "server is stopping");
        } else {
            sendFinished();
        }
    }

    private void sendFinished() {
        state = State.FINISHED;
        sendEvent(new ServerEvent.SessionFinished(nextEventId(), Extras.NONE));
        Duration grace = settings.finishedGrace();
        ChannelHandlerContext ctx = context();
        Future<?> deadline =
                ctx.executor().schedule(() -> end(CLOSE_NORMAL, ""), grace.toNanos(), TimeUnit.NANOSECONDS);
        ctx.channel().closeFuture().addListener(f -> deadline.cancel(false));
    }

    @Override
    public void onBackendError(Throwable error) {
        if (state == State.CLOSED) {
            return;
        }
        log.warn("{} ends: the transcriber failed", this, error);
        failOpenItems("the transcription failed");
        sendError(publicError(error));
        end(CLOSE_SERVER_ERROR, "the transcription failed");
    }

    /** What a client may know of a failure: what the protocol itself said upstream, nothing of our insides. */
    private static ServerError publicError(Throwable error) {
        return error instanceof ServerErrorException upstream
                ? withoutEventId(upstream.error())
                : new ServerError(ServerError.SERVER_ERROR, "internal_error", "the transcription failed", null, null);
    }

    private void failOpenItems(String message) {
        for (String itemId : items.open()) {
            sendFailed(itemId, new ServerError(null, "transcription_failed", message, null, null));
        }
    }

    // ---- ends

    private void end(int closeCode, String reason) {
        try {
            release();
        } finally {
            // Whatever the transcriber throws.
            close(closeCode, reason);
        }
    }

    private void abort() {
        try {
            release();
        } finally {
            context().close();
        }
    }

    private void release() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        updateReading();
        clientTimer.stop();
        backendTimer.stop();
        if (heartbeat != null) {
            heartbeat.cancel(false);
        }
        try {
            events.cancel();
        } finally {
            audio.fail(new CancellationException("the client is gone"));
        }
    }

    // ---- small parts

    /** Answers a request with an error event; not after finish, where official SDKs take any error as fatal. */
    private void refuse(ServerError error) {
        if (state == State.CONFIGURABLE || state == State.STREAMING) {
            sendError(error);
        } else {
            log.debug("{} keeps back after finish: {}", this, error);
        }
    }

    private void sendError(ServerError error) {
        String eventId = error.eventId();
        boolean echoed = eventId == null || eventId.length() <= MAX_ECHOED_CHARS;
        sendEvent(new ServerEvent.ErrorReported(
                nextEventId(), echoed ? error : withoutEventId(error), Extras.NONE, Extras.NONE));
    }

    /** An id that a backend names is not of this session's client. */
    private static ServerError withoutEventId(ServerError error) {
        return new ServerError(error.type(), error.code(), error.message(), error.param(), null);
    }

    private Future<Void> sendEvent(ServerEvent event) {
        ByteBuf json = ServerEvents.encode(event, context().alloc());
        if (log.isDebugEnabled()) {
            log.debug("{} sends {}, {} bytes", this, event.type(), json.readableBytes());
        }
        if (log.isTraceEnabled()) {
            log.trace("{} sends {}", this, json.toString(StandardCharsets.UTF_8));
        }
        return send(json);
    }

    private String nextEventId() {
        return "event_" + sessionId.substring("sess_".length()) + "_" + ++sentEvents;
    }

    private static String excerpt(String text) {
        int max = 64;
        return text.length() <= max ? text : text.substring(0, max) + "…";
    }

    @Override
    public String toString() {
        return "[asr server " + sessionId + "]";
    }
}
