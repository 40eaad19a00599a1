package io.qwenasr.samples.cli;

import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that tell what becomes of a transcription when its session ends before it. */
final class ResumeOptions {

    private static final Duration MIN_LIMIT = Duration.ofSeconds(1);
    private static final Duration MAX_LIMIT = Duration.ofHours(24);

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--no-resume",
            description = "Fail when the session is lost, instead of reconnecting and sending again what has no result"
                    + " yet.")
    private boolean noResume;

    @Option(
            names = "--session-limit",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "How long the service lets a session last, such as 90s, 30m or 2h: each is replaced in time,"
                    + " at a pause in speech. Default: one that the service ends is resumed like one that is lost.")
    private @Nullable Duration sessionLimit;

    /** Refuses what does not go together. */
    void check() {
        if (noResume && sessionLimit != null) {
            throw usage("--session-limit goes on in another session, which --no-resume forbids");
        }
        if (sessionLimit != null && (sessionLimit.compareTo(MIN_LIMIT) < 0 || sessionLimit.compareTo(MAX_LIMIT) > 0)) {
            throw usage("--session-limit must be 1s to 24h");
        }
    }

    /** Goes on, as the options say, where the sessions of the other one end. */
    Transcriber around(Transcriber transcriber) {
        return noResume ? transcriber : new Resuming(transcriber, this::resuming);
    }

    private ResumingTranscriber resuming(Transcriber transcriber) {
        ResumingTranscriber resuming = ResumingTranscriber.of(transcriber);
        return sessionLimit == null ? resuming : resuming.rollingOverBefore(sessionLimit);
    }

    private ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(command).commandLine(), message);
    }

    /** A number and a unit; also what {@link Duration} writes. */
    static final class TimeConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Duration.parse(text.matches("[0-9]+[smh]") ? "PT" + text.toUpperCase(Locale.ROOT) : text);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("'" + text + "' is no time such as 90s, 30m or 2h");
            }
        }
    }
}
