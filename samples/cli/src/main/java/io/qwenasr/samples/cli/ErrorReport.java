package io.qwenasr.samples.cli;

import io.netty.channel.unix.Errors.NativeIoException;
import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.ReconnectFailedException;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.reactor.AudioSourceException;
import io.qwenasr.samples.localengine.EngineUnavailableException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * What an error is called in a shell.
 *
 * @param code how the command ends
 * @param message one line for people
 */
record ErrorReport(ExitCode code, String message) {

    static ErrorReport of(Throwable error) {
        return new ErrorReport(codeOf(error), messageOf(error));
    }

    private static ExitCode codeOf(Throwable error) {
        if (error instanceof CommandFailure failure) {
            return failure.code();
        }
        if (error instanceof OutputException output) {
            return output.isReaderGone() ? ExitCode.PIPE_CLOSED : ExitCode.OUTPUT_FAILED;
        }
        if (error instanceof AudioSourceException audio) {
            return codeOf(audio.reason());
        }
        if (error instanceof EngineUnavailableException engine) {
            return codeOf(engine.reason());
        }
        return error instanceof QwenAsrException session ? codeOf(session) : ExitCode.UNEXPECTED;
    }

    private static ExitCode codeOf(AudioSourceException.Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> ExitCode.FILE_NOT_FOUND;
            case NOT_A_FILE, UNREADABLE -> ExitCode.FILE_UNREADABLE;
            case NO_MICROPHONE -> ExitCode.NO_MICROPHONE;
            case EMPTY -> ExitCode.AUDIO_EMPTY;
            case TRUNCATED_HEADER -> ExitCode.HEADER_TRUNCATED;
            case NOT_AUDIO -> ExitCode.NOT_AUDIO;
            case UNSUPPORTED, NO_SUCH_CHANNEL -> ExitCode.AUDIO_UNSUPPORTED;
        };
    }

    private static ExitCode codeOf(EngineUnavailableException.Reason reason) {
        return switch (reason) {
            case MODEL_FOLDER_MISSING -> ExitCode.MODEL_FOLDER_MISSING;
            case MODEL_FOLDER_INVALID -> ExitCode.MODEL_FOLDER_INVALID;
            case NPM_MISSING, FETCH_FAILED, INTEGRITY_MISMATCH -> ExitCode.MODEL_NOT_FETCHED;
            case CACHE_UNUSABLE, PLATFORM_UNSUPPORTED -> ExitCode.ENGINE_UNAVAILABLE;
        };
    }

    private static ExitCode codeOf(QwenAsrException error) {
        if (error instanceof ReconnectFailedException gaveUp) {
            return codeOf(gaveUp.attempts().get(0));
        }
        if (error instanceof HandshakeRejectedException rejected) {
            boolean key = rejected.status() == 401 || rejected.status() == 403;
            return key ? ExitCode.KEY_REJECTED : ExitCode.HANDSHAKE_REJECTED;
        }
        if (error instanceof ConnectException) {
            return error.getCause() instanceof UnknownHostException ? ExitCode.UNKNOWN_HOST : ExitCode.NOT_CONNECTED;
        }
        if (error instanceof SessionTimeoutException) {
            return error.phase() == SessionPhase.CONNECTING ? ExitCode.NOT_CONNECTED : ExitCode.SERVICE_SILENT;
        }
        if (error instanceof ConnectionClosedException) {
            return ExitCode.CONNECTION_LOST;
        }
        return error instanceof ServerErrorException ? ExitCode.SERVICE_ERROR : ExitCode.PROTOCOL_ERROR;
    }

    private static String messageOf(Throwable error) {
        String message = error.getMessage();
        if (error instanceof EngineUnavailableException && message != null) {
            // The first line says it; what npm printed follows and is for --verbose.
            message = message.lines().findFirst().orElse(message);
        }
        if (codeOf(error) == ExitCode.UNEXPECTED) {
            String name = error.getClass().getSimpleName();
            message = "unexpected " + name + (message == null ? "" : ": " + message) + " (--verbose shows where)";
        }
        return Text.oneLine(message == null ? error.getClass().getSimpleName() : message);
    }

    /** Why an address cannot be had, without the transport's own prefix. */
    static String reasonOf(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null && !(cause instanceof NativeIoException)) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return Text.oneLine(message == null ? cause.getClass().getSimpleName() : message);
    }

    /** Why a file cannot be read or written, without its name, which is most of what the JDK says. */
    static String fileReasonOf(Throwable error) {
        Throwable cause = error instanceof UncheckedIOException ? error.getCause() : error;
        if (cause instanceof AccessDeniedException) {
            return "no permission";
        }
        if (cause instanceof NoSuchFileException) {
            return "its directory does not exist";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return "a file is in the place of its directory";
        }
        return cause instanceof FileSystemException file && file.getReason() != null
                ? Text.oneLine(file.getReason())
                : reasonOf(error);
    }
}
