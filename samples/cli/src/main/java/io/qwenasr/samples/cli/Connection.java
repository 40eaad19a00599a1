package io.qwenasr.samples.cli;

import io.qwenasr.reactor.QwenAsrClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A client and, if it needs one, the server in this process.
 *
 * @param client speaks with the endpoint
 * @param remote whether the endpoint is on the network
 * @param place which endpoint that is, for people
 * @param release ends what was started for it
 */
record Connection(QwenAsrClient client, boolean remote, String place, Runnable release) implements AutoCloseable {

    static Connection open(Shell shell, EndpointChoice choice, @Nullable Path modelFolder) {
        if (choice instanceof EndpointChoice.Remote remote) {
            return remote(remote);
        }
        EmbeddedServer server = EmbeddedServer.start(load(shell, modelFolder));
        return new Connection(
                server.client().build(),
                false,
                "using the embedded server " + server.uri() + " with the local recogniser, since "
                        + (modelFolder == null
                                ? "there is neither an API key nor --endpoint"
                                : "--model-folder is given"),
                server::close);
    }

    private static Connection remote(EndpointChoice.Remote remote) {
        QwenAsrClient.Builder client = QwenAsrClient.builder(remote.endpoint());
        ApiKey key = remote.key();
        if (key != null) {
            client.apiKey(key.value());
        }
        return new Connection(
                client.build(),
                true,
                "using " + (remote.hosted() ? "the hosted service " : "")
                        + remote.endpoint().uri() + " with "
                        + (key == null ? "no API key" : "the API key from " + key.origin()),
                () -> {});
    }

    static EngineLoader.Engine load(Shell shell, @Nullable Path modelFolder) {
        try (SetupLines progress = new SetupLines(shell.err(), shell.terminal(), System::nanoTime)) {
            return shell.engines().load(modelFolder, progress);
        }
    }

    /** Says what is used; the local recogniser is the same whatever model is asked for. */
    String description(@Nullable String model) {
        return place + (remote && model != null ? ", model " + model : "");
    }

    @Override
    public void close() {
        release.run();
    }
}
