package io.qwenasr.reactor.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.ProtocolException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.TranscriptionEvent;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a session with a fault has to end.
 *
 * @param deadline the timeout that has to end it; the others are left as long as they are by default
 * @param error checks the error, null if the session has to complete
 * @param results the results if it completes, in any order: texts, or "failed"
 */
record Expected(@Nullable Deadline deadline, @Nullable Consumer<Throwable> error, List<String> results) {

    /** The timeouts of a client. */
    enum Deadline {
        HANDSHAKE,
        READY,
        RESULT,
        FINISH,
        KEEP_ALIVE
    }

    /** Of the one timeout that a case is about. */
    static final Duration SHORT = Duration.ofMillis(500);

    static final List<String> ALL = List.of("one", "two", "three");

    static Expected completes() {
        return completesWith(ALL);
    }

    static Expected completesWith(List<String> results) {
        return new Expected(null, null, results);
    }

    static Expected cannotConnect() {
        return fails(ConnectException.class, SessionPhase.CONNECTING, true, e -> {});
    }

    static Expected rejected(int status, boolean isRetryable, @Nullable Duration retryAfter) {
        return fails(HandshakeRejectedException.class, SessionPhase.CONNECTING, isRetryable, e -> {
            assertThat(e.status()).isEqualTo(status);
            assertThat(e.retryAfter()).isEqualTo(retryAfter);
        });
    }

    static Expected closed(int code, String reason, SessionPhase phase) {
        return fails(ConnectionClosedException.class, phase, true, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.reason()).isEqualTo(reason);
        });
    }

    static Expected lost(SessionPhase phase) {
        return closed(ConnectionClosedException.NO_CLOSE_FRAME, "", phase);
    }

    static Expected timesOut(Deadline deadline, SessionPhase phase) {
        Expected fails = fails(
                SessionTimeoutException.class,
                phase,
                true,
                e -> assertThat(e.timeout()).isEqualTo(SHORT));
        return new Expected(deadline, fails.error, List.of());
    }

    static Expected isNotTheProtocol(SessionPhase phase) {
        return fails(ProtocolException.class, phase, false, e -> {});
    }

    static Expected serverError(String code, boolean isRetryable, SessionPhase phase) {
        return fails(
                ServerErrorException.class,
                phase,
                isRetryable,
                e -> assertThat(e.error().code()).isEqualTo(code));
    }

    /**
     * The end is told before the results of all utterances.
     *
     * @param items those without one; none for any
     */
    static Expected incomplete(String... items) {
        return fails(IncompleteTranscriptException.class, SessionPhase.FINISHING, true, e -> {
            assertThat(e.openItems().size() + e.unansweredCommits()).isPositive();
            if (items.length > 0) {
                assertThat(e.openItems()).containsExactly(items);
            }
        });
    }

    private static <E extends QwenAsrException> Expected fails(
            Class<E> type, SessionPhase phase, boolean isRetryable, Consumer<E> fields) {
        return new Expected(
                null,
                error -> assertThat(error).isInstanceOfSatisfying(type, e -> {
                    assertThat(e.phase()).isEqualTo(phase);
                    assertThat(e.isRetryable()).isEqualTo(isRetryable);
                    if (phase == SessionPhase.STREAMING || phase == SessionPhase.FINISHING) {
                        assertThat(e.sessionId()).startsWith("sess_");
                    }
                    fields.accept(e);
                }),
                List.of());
    }

    void check(List<TranscriptionEvent> events, @Nullable Throwable end) {
        if (error != null) {
            assertThat(end)
                    .as("the end, after %s", resultsOf(events))
                    .isNotNull()
                    .satisfies(error);
        } else {
            assertThat(end).as("the end, after %s", events).isNull();
            assertThat(resultsOf(events)).containsExactlyInAnyOrderElementsOf(results);
        }
    }

    static List<String> resultsOf(List<TranscriptionEvent> events) {
        return events.stream()
                .filter(Expected::isResult)
                .map(e -> e instanceof TranscriptionEvent.Final utterance ? utterance.transcript() : "failed")
                .toList();
    }

    static boolean isResult(TranscriptionEvent event) {
        return event instanceof TranscriptionEvent.Final || event instanceof TranscriptionEvent.Failed;
    }
}
