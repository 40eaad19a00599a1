package io.qwenasr.samples.cli;

import io.qwenasr.SessionOptions;
import io.qwenasr.reactor.QwenAsrClient;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that tell what the service is asked for. */
final class RecognitionOptions {

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model to ask for. Default: " + QwenAsrClient.DEFAULT_MODEL + ".")
    private @Nullable String model;

    @Option(
            names = "--language",
            paramLabel = "CODE",
            description = "The language spoken, such as en or zh. Default: the service finds out.")
    private @Nullable String language;

    @Option(
            names = "--manual",
            description = "Make the whole audio one utterance instead of having the server cut it at pauses. An"
                    + " utterance may have 60 s at most; longer audio is cut there.")
    private boolean manual;

    SessionOptions read() {
        SessionOptions.Builder options = SessionOptions.builder().format(AudioInput.FORMAT);
        try {
            if (manual) {
                options.manual();
            }
            return options.model(model).language(language).build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    Objects.requireNonNull(command).commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
