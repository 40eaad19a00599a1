package io.qwenasr.reactor.observation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import io.qwenasr.session.ClientSession;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;

/** What the log lines of a client's session carry. */
class LogContextTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String KEY = "traceId";

    private final Logger logger = (Logger) LoggerFactory.getLogger(ClientSession.class);
    private final Level before = logger.getLevel();
    private final Captured captured = new Captured();

    private static final class Captured extends AppenderBase<ILoggingEvent> {
        private final Queue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            lines.add(event);
        }
    }

    @BeforeEach
    void capture() {
        captured.setContext(logger.getLoggerContext());
        captured.start();
        logger.addAppender(captured);
        logger.setAdditive(false);
    }

    @AfterEach
    void restore() {
        logger.detachAppender(captured);
        logger.setAdditive(true);
        logger.setLevel(before);
        ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
        MDC.clear();
        ObservationThreadLocalAccessor.getInstance().setObservationRegistry(ObservationRegistry.create());
    }

    /** What a tracing library does: a scope of an observation puts its trace into the MDC. */
    private static final class TraceIntoMdc implements ObservationHandler<Observation.Context> {
        @Override
        public void onScopeOpened(Observation.Context context) {
            MDC.put(KEY, context.getRequired("trace"));
        }

        @Override
        public void onScopeClosed(Observation.Context context) {
            MDC.remove(KEY);
        }

        @Override
        public void onStart(Observation.Context context) {
            if (context.getParentObservation() != null) {
                context.put(
                        "trace", context.getParentObservation().getContextView().getRequired("trace"));
            }
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    private List<TranscriptionEvent> session(
            java.util.function.UnaryOperator<Flux<TranscriptionEvent>> caller,
            java.util.function.UnaryOperator<io.qwenasr.reactor.Transcriber> around) {
        RunningServer server = QwenAsrServer.builder(ScriptedTranscriber.finals("one"))
                .build()
                .start()
                .block(LIMIT);
        try {
            Flux<ByteBuffer> audio = Flux.range(0, 12).map(i -> ByteBuffer.allocate(3_200));
            return around.apply(QwenAsrClient.builder(server.endpoint()).build())
                    .transcribe(audio)
                    .transform(caller)
                    .collectList()
                    .block(LIMIT);
        } finally {
            server.stop(Duration.ZERO).block(LIMIT);
        }
    }

    @Test
    void carryTheTraceOfTheCallersObservation() {
        logger.setLevel(Level.TRACE);
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new TraceIntoMdc());
        Observation caller = Observation.createNotStarted("caller", registry);
        caller.getContext().put("trace", "4bf92f");
        caller.start();
        // What context propagation restores the observation by; applications have it from their tracing library.
        ObservationThreadLocalAccessor.getInstance().setObservationRegistry(registry);

        session(
                events -> events.contextWrite(c -> c.put(ObservationThreadLocalAccessor.KEY, caller)),
                asr -> ObservedTranscriber.of(asr).observations(registry));
        caller.stop();

        assertThat(captured.lines)
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.getMDCPropertyMap()).containsEntry(KEY, "4bf92f"));
        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    @Test
    void carryATraceThatTheCallerPutIntoTheReactorContext() {
        logger.setLevel(Level.DEBUG);
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(KEY, () -> MDC.get(KEY), v -> MDC.put(KEY, v), () -> MDC.remove(KEY));

        session(events -> events.contextWrite(c -> c.put(KEY, "00f067")), asr -> asr);

        assertThat(captured.lines)
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.getMDCPropertyMap()).containsEntry(KEY, "00f067"));
    }

    @Test
    void carryItAlsoWhereTheyTellOfALostSession() {
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(KEY, () -> MDC.get(KEY), v -> MDC.put(KEY, v), () -> MDC.remove(KEY));
        Logger resuming = (Logger) LoggerFactory.getLogger(ResumingTranscriber.class);
        Level was = resuming.getLevel();
        resuming.setLevel(Level.INFO);
        resuming.addAppender(captured);
        List<TranscriptionEvent> events;
        try {
            events = ResumingTranscriber.of(ScriptedTranscriber.inTurn(
                            ScriptedTranscriber.script()
                                    .at(Duration.ofSeconds(1))
                                    .fail(new ConnectionClosedException(
                                            1012, "restart", SessionPhase.STREAMING, null, null))
                                    .build(),
                            ScriptedTranscriber.finals("one")))
                    .transcribe(Flux.range(0, 12).map(i -> ByteBuffer.allocate(3_200)))
                    .contextWrite(c -> c.put(KEY, "00f067"))
                    .collectList()
                    .block(LIMIT);
        } finally {
            resuming.detachAppender(captured);
            resuming.setLevel(was);
        }

        String id = ((SessionReady) events.get(0)).sessionId();
        assertThat(captured.lines).singleElement().satisfies(line -> {
            assertThat(line.getFormattedMessage()).startsWith("[asr client " + id + "] session lost, attempt 1 in ");
            assertThat(line.getMDCPropertyMap()).containsEntry(KEY, "00f067");
        });
        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    @Test
    void tellTheSessionTypesAndSizesAtDebug() {
        logger.setLevel(Level.DEBUG);

        List<TranscriptionEvent> events = session(all -> all, asr -> asr);

        String id = ((SessionReady) events.get(0)).sessionId();
        assertThat(captured.lines)
                .extracting(ILoggingEvent::getFormattedMessage)
                .allMatch(
                        line -> line.matches("\\[asr client.*] (sends|received) [a-z_.]+, \\d+ bytes"), "type and size")
                .filteredOn(line -> !line.contains(id))
                .as("before the service named the session")
                .allMatch(line -> line.contains("session.update") || line.contains("session.created"));
    }

    @Test
    void leaveOutTheAudioAtTrace() {
        logger.setLevel(Level.TRACE);

        session(all -> all, asr -> asr);

        assertThat(captured.lines)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.contains("input_audio_buffer.append, 3200 bytes of audio"))
                .anyMatch(line -> line.contains("\"type\""))
                .noneMatch(line -> line.contains("AAAAAAAA"));
    }
}
