package io.qwenasr.reactor.recording;

import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.EventOverflowException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.ProtocolException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.ReconnectFailedException;
import io.qwenasr.ServerError;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.SessionTimeoutException.Awaited;
import io.qwenasr.TranscriptionEvent.ErrorReported;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Errors as members of an object; {@code kind} names this library's own, which are read back as they were, but for
 * their causes and stack traces. Others keep their class name and message.
 */
final class ErrorForm {

    private static final String HANDSHAKE = " refused the WebSocket handshake";
    private static final List<String> HEADERS = List.of(
            "content-type", "location", "retry-after", "www-authenticate", "x-dashscope-request-id", "x-request-id");
    private static final Pattern TIMEOUT = Pattern.compile("no (.*) within [0-9]+ ms", Pattern.DOTALL);
    private static final Pattern OVERFLOW = Pattern.compile("more than ([0-9]{1,9}) events .*", Pattern.DOTALL);

    private static final Pattern FAILURES =
            Pattern.compile("gave up after ([0-9]{1,9}) failures in a row: .*", Pattern.DOTALL);

    private enum Kind {
        CONNECT,
        HANDSHAKE,
        SERVER,
        PROTOCOL,
        CLOSED,
        TIMEOUT,
        INCOMPLETE,
        OVERFLOW,
        SIGNAL,
        RECONNECT,
        OTHER
    }

    private ErrorForm() {}

    static void write(LineWriter out, Throwable error) {
        if (error instanceof QwenAsrException known) {
            write(out, known);
        } else if (error instanceof RecordedFailureException replayed && replayed.type() != null) {
            out.text("kind", "other").text("type", replayed.type()).text("message", replayed.getMessage());
        } else {
            out.text("kind", "other").text("type", error.getClass().getName()).text("message", error.getMessage());
        }
    }

    private static void write(LineWriter out, QwenAsrException error) {
        String message = messageOf(error);
        if (error instanceof ConnectException) {
            out.text("kind", "connect").text("message", message);
        } else if (error instanceof HandshakeRejectedException rejected) {
            out.text("kind", "handshake")
                    .text("endpoint", message.substring(0, Math.max(0, message.indexOf(HANDSHAKE))))
                    .number("status", rejected.status())
                    .object("headers", headers -> HEADERS.forEach(name -> headers.text(name, rejected.header(name))))
                    .text("body", rejected.body());
        } else if (error instanceof ServerErrorException server) {
            out.text("kind", "server").serverError("error", server.error());
        } else if (error instanceof ProtocolException) {
            out.text("kind", "protocol").text("message", message);
        } else if (error instanceof ConnectionClosedException closed) {
            out.text("kind", "closed").number("code", closed.code()).text("reason", closed.reason());
        } else if (error instanceof SessionTimeoutException timeout) {
            Matcher what = TIMEOUT.matcher(message);
            out.text("kind", "timeout")
                    .text("awaited", timeout.awaited().name().toLowerCase(Locale.ROOT))
                    .text("what", what.matches() ? what.group(1) : message)
                    .duration("timeout", timeout.timeout());
        } else if (error instanceof IncompleteTranscriptException incomplete) {
            out.text("kind", "incomplete")
                    .texts("items", incomplete.openItems())
                    .number("commits", incomplete.unansweredCommits());
            ServerError refusal = incomplete.refusal();
            if (refusal != null) {
                out.serverError("refusal", refusal)
                        .duration("start", incomplete.refusedStart())
                        .duration("end", incomplete.refusedEnd());
            }
        } else if (error instanceof EventOverflowException) {
            Matcher limit = OVERFLOW.matcher(message);
            out.text("kind", "overflow").number("limit", limit.matches() ? Long.parseLong(limit.group(1)) : 0);
        } else if (error instanceof InvalidSignalException) {
            out.text("kind", "signal").text("message", message);
        } else if (error instanceof ReconnectFailedException gaveUp) {
            Matcher failures = FAILURES.matcher(message);
            out.text("kind", "reconnect")
                    .number("failures", failures.matches() ? Long.parseLong(failures.group(1)) : 0)
                    .objects("attempts", gaveUp.attempts(), ErrorForm::write);
        } else {
            out.text("kind", "other").text("type", error.getClass().getName()).text("message", message);
        }
        out.text("phase", error.phase().name().toLowerCase(Locale.ROOT)).text("session", error.sessionId());
    }

    /** Returns the message as it was before the id of the session was added. */
    private static String messageOf(QwenAsrException error) {
        String message = Objects.requireNonNullElse(error.getMessage(), "");
        String suffix = " [session " + error.sessionId() + "]";
        return message.endsWith(suffix) ? message.substring(0, message.length() - suffix.length()) : message;
    }

    static Throwable read(LineReader in) {
        Kind kind = in.constant(Kind.class, "kind");
        String session = in.textOrNull("session");
        return switch (kind) {
            case CONNECT -> new ConnectException(in.text("message"), null);
            case HANDSHAKE ->
                new HandshakeRejectedException(
                        in.text("endpoint"), in.count("status"), headers(in.object("headers")), in.textOrNull("body"));
            case SERVER -> new ServerErrorException(in.serverError("error"), phase(in), session);
            case PROTOCOL -> new ProtocolException(in.text("message"), phase(in), session, null);
            case CLOSED -> new ConnectionClosedException(in.count("code"), in.text("reason"), phase(in), session, null);
            case TIMEOUT ->
                new SessionTimeoutException(
                        in.constant(Awaited.class, "awaited"), in.text("what"), timeout(in), phase(in), session);
            case INCOMPLETE ->
                new IncompleteTranscriptException(in.texts("items"), in.count("commits"), refusal(in), session);
            case OVERFLOW -> new EventOverflowException(in.count("limit"), phase(in), session);
            case SIGNAL -> new InvalidSignalException(in.text("message"), phase(in), session);
            case RECONNECT -> new ReconnectFailedException(in.count("failures"), attempts(in));
            case OTHER -> new RecordedFailureException(in.text("type"), in.textOrNull("message"));
        };
    }

    private static @Nullable ErrorReported refusal(LineReader in) {
        return in.has("refusal")
                ? new ErrorReported(in.serverError("refusal"), in.durationOrNull("start"), in.durationOrNull("end"))
                : null;
    }

    private static List<QwenAsrException> attempts(LineReader in) {
        List<QwenAsrException> attempts = new ArrayList<>();
        for (LineReader attempt : in.objects("attempts")) {
            if (!(read(attempt) instanceof QwenAsrException known)) {
                throw new LineReader.BadLineException("'attempts' must hold errors of this library");
            }
            attempts.add(known);
        }
        return attempts;
    }

    private static SessionPhase phase(LineReader in) {
        return in.constant(SessionPhase.class, "phase");
    }

    private static Duration timeout(LineReader in) {
        return in.duration("timeout");
    }

    private static Map<String, String> headers(LineReader in) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : HEADERS) {
            @Nullable String value = in.textOrNull(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        return headers;
    }
}
