package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.ProtocolException;
import io.qwenasr.ServerError;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.reactor.AudioSourceException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorReportTest {

    static Stream<Arguments> sessions() {
        Duration second = Duration.ofSeconds(1);
        ServerError error = new ServerError("server_error", "busy", "too busy", null, null);
        return Stream.of(
                Arguments.of(ExitCode.UNKNOWN_HOST, new ConnectException("x", new UnknownHostException())),
                Arguments.of(ExitCode.NOT_CONNECTED, new ConnectException("x", null)),
                Arguments.of(
                        ExitCode.NOT_CONNECTED,
                        new SessionTimeoutException(
                                SessionTimeoutException.Awaited.HANDSHAKE,
                                "answer",
                                second,
                                SessionPhase.CONNECTING,
                                null)),
                Arguments.of(ExitCode.KEY_REJECTED, new HandshakeRejectedException("e", 401, Map.of(), null)),
                Arguments.of(ExitCode.KEY_REJECTED, new HandshakeRejectedException("e", 403, Map.of(), null)),
                Arguments.of(ExitCode.HANDSHAKE_REJECTED, new HandshakeRejectedException("e", 429, Map.of(), null)),
                Arguments.of(ExitCode.SERVICE_ERROR, new ServerErrorException(error, SessionPhase.STREAMING, "s")),
                Arguments.of(
                        ExitCode.CONNECTION_LOST,
                        new ConnectionClosedException(1006, "", SessionPhase.STREAMING, "s", null)),
                Arguments.of(
                        ExitCode.SERVICE_SILENT,
                        new SessionTimeoutException(
                                SessionTimeoutException.Awaited.FINISH, "event", second, SessionPhase.FINISHING, "s")),
                Arguments.of(ExitCode.PROTOCOL_ERROR, new ProtocolException("x", SessionPhase.STREAMING, "s", null)),
                Arguments.of(ExitCode.PROTOCOL_ERROR, new IncompleteTranscriptException(List.of("i"), 0, "s")));
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void namesHowASessionFailed(ExitCode code, Throwable error) {
        assertThat(ErrorReport.of(error)).isEqualTo(new ErrorReport(code, error.getMessage()));
    }

    @ParameterizedTest
    @EnumSource(AudioSourceException.Reason.class)
    void hasACodeForWhateverIsWrongWithAudio(AudioSourceException.Reason reason) {
        ErrorReport report = ErrorReport.of(new AudioSourceException(reason, "no good", null));
        assertThat(report.code().code()).isBetween(20, 27);
        assertThat(report.message()).isEqualTo("no good");
    }

    @Test
    void foldsWhatAServerAnswers() {
        HandshakeRejectedException error =
                new HandshakeRejectedException("ws://h", 500, Map.of(), "{\n  \"a\": 1\n}\u001b[2J");
        assertThat(ErrorReport.of(error).message()).endsWith(": { \"a\": 1 }?[2J");
    }

    @Test
    void saysThatAnErrorIsUnexpected() {
        ErrorReport report = ErrorReport.of(new IllegalStateException("odd"));
        assertThat(report.code()).isEqualTo(ExitCode.UNEXPECTED);
        assertThat(report.message()).contains("IllegalStateException", "odd", "--verbose");
    }
}
