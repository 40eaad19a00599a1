package io.qwenasr.samples.cli;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** How a command ended, as the shell is told. */
enum ExitCode {
    OK(0, "Done."),
    UNEXPECTED(1, "An error that this program does not expect; --verbose shows where."),
    USAGE(2, "Wrong options or arguments."),

    ENDPOINT_INVALID(10, "The endpoint is not a ws:// or wss:// address."),
    UNKNOWN_HOST(11, "The endpoint's host is unknown."),
    NOT_CONNECTED(12, "No connection: nothing listens there, TLS failed, or no answer in time."),
    KEY_REJECTED(13, "The endpoint refused the API key (HTTP 401 or 403)."),
    HANDSHAKE_REJECTED(14, "The endpoint refused the WebSocket handshake for another reason."),
    KEY_UNUSABLE(15, "The API key or its file cannot be used."),

    FILE_NOT_FOUND(20, "There is no such audio file."),
    FILE_UNREADABLE(21, "The audio cannot be read: a directory, no permission, a failing device."),
    AUDIO_EMPTY(22, "The file, or standard input, holds no audio at all."),
    HEADER_TRUNCATED(23, "The audio file ends inside its header."),
    NOT_AUDIO(24, "The file is not an audio file."),
    AUDIO_UNSUPPORTED(25, "The audio file's coding, rate or number of channels cannot be read."),
    NO_SPEECH(26, "There is no speech in the audio."),
    NO_MICROPHONE(27, "There is no microphone, none of that name, or none that can be opened."),

    MODEL_FOLDER_MISSING(30, "The model folder does not exist."),
    MODEL_FOLDER_INVALID(31, "The model folder holds no Vosk model that can be loaded."),
    MODEL_NOT_FETCHED(32, "The speech models could not be fetched: no npm, or it failed."),
    ENGINE_UNAVAILABLE(33, "The local engine cannot run here: its cache or this platform."),

    SERVICE_ERROR(40, "The service ended the session with an error."),
    CONNECTION_LOST(41, "The connection was lost before the last result."),
    SERVICE_SILENT(42, "The service did not answer in time."),
    PROTOCOL_ERROR(43, "The service said something that the protocol does not allow."),
    PARTLY_FAILED(44, "Part of the audio was lost, or could not be transcribed; the rest is printed."),
    FILES_FAILED(45, "With --output-dir: some files could not be transcribed, or not as a whole; the others are done."),

    CANNOT_LISTEN(50, "The server cannot listen on that address."),
    TLS_UNUSABLE(51, "The TLS certificate or its key cannot be used."),
    OUTPUT_FAILED(52, "Standard output (other than a closed pipe) or an output file cannot be written to."),

    INTERRUPTED(130, "Ended by Ctrl-C (SIGINT); what was final is printed."),
    PIPE_CLOSED(141, "The reader of standard output went away."),
    TERMINATED(143, "Ended by SIGTERM; what was final is printed.");

    private static final Set<ExitCode> GENERAL = EnumSet.of(OK, UNEXPECTED, USAGE, OUTPUT_FAILED);
    private static final Set<ExitCode> ENGINE = EnumSet.range(MODEL_FOLDER_MISSING, ENGINE_UNAVAILABLE);
    private static final Set<ExitCode> SESSION = EnumSet.range(SERVICE_ERROR, PARTLY_FAILED);
    private static final Set<ExitCode> BATCH = EnumSet.of(FILES_FAILED);
    private static final Set<ExitCode> SIGNALS = EnumSet.range(INTERRUPTED, TERMINATED);

    private final int code;
    private final String description;

    ExitCode(int code, String description) {
        this.code = code;
        this.description = description;
    }

    int code() {
        return code;
    }

    static Map<String, String> ofDemo() {
        return describe(GENERAL, ENGINE, SESSION, SIGNALS);
    }

    static Map<String, String> ofTranscribe() {
        return describe(
                GENERAL, EnumSet.range(ENDPOINT_INVALID, KEY_UNUSABLE), audio(), ENGINE, SESSION, BATCH, SIGNALS);
    }

    static Map<String, String> ofMic() {
        return describe(
                GENERAL,
                EnumSet.range(ENDPOINT_INVALID, KEY_UNUSABLE),
                audio(),
                EnumSet.of(NO_MICROPHONE),
                ENGINE,
                SESSION,
                EnumSet.of(PIPE_CLOSED));
    }

    static Map<String, String> ofServe() {
        return describe(GENERAL, ENGINE, EnumSet.of(KEY_UNUSABLE, CANNOT_LISTEN, TLS_UNUSABLE));
    }

    static Map<String, String> ofCompletion() {
        return describe(GENERAL);
    }

    static Map<String, String> all() {
        return describe(EnumSet.allOf(ExitCode.class));
    }

    private static Set<ExitCode> audio() {
        return EnumSet.range(FILE_NOT_FOUND, NO_SPEECH);
    }

    /** For picocli's help: code to description, in the order of codes. */
    @SafeVarargs
    private static Map<String, String> describe(Collection<ExitCode>... sets) {
        EnumSet<ExitCode> codes = EnumSet.noneOf(ExitCode.class);
        for (Collection<ExitCode> set : sets) {
            codes.addAll(set);
        }
        Map<String, String> lines = new LinkedHashMap<>();
        codes.forEach(code -> lines.put(String.format("%3d", code.code), code.description));
        return lines;
    }
}
