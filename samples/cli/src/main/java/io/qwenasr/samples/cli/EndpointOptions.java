package io.qwenasr.samples.cli;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that tell who transcribes. */
final class EndpointOptions {

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--endpoint",
            paramLabel = "URI",
            description = "The ws:// or wss:// address of a server that speaks the protocol.")
    private @Nullable String endpoint;

    @Option(names = "--api-key-file", paramLabel = "FILE", description = "A file whose first line is the API key.")
    private @Nullable Path apiKeyFile;

    @Option(
            names = "--model-folder",
            paramLabel = "FOLDER",
            description = "Use the local recogniser, even if there is a key, with the Vosk model in this folder.")
    private @Nullable Path modelFolder;

    /** Refuses options that exclude each other. */
    void check() {
        if (modelFolder != null && (endpoint != null || apiKeyFile != null)) {
            throw new ParameterException(
                    Objects.requireNonNull(command).commandLine(),
                    "--model-folder is for the local recogniser; it excludes --endpoint and --api-key-file");
        }
    }

    EndpointChoice choose(Shell shell) {
        return EndpointChoice.of(endpoint, ApiKey.find(apiKeyFile, shell.environment()), modelFolder != null);
    }

    Connection open(Shell shell, EndpointChoice choice) {
        return Connection.open(shell, choice, modelFolder);
    }
}
