package io.qwenasr.reactor;

import io.qwenasr.session.ClientSessionSettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/** What a client was built with. */
record ClientConfig(
        Endpoint endpoint,
        String model,
        @Nullable Supplier<String> apiKey,
        @Nullable String workspace,
        boolean dataInspection,
        String userAgent,
        HttpClient httpClient,
        Duration handshakeTimeout,
        int maxFrameBytes,
        ClientSessionSettings session,
        SecureRandom random) {

    /** Leaves out everything that might hold a key. */
    @Override
    public String toString() {
        return "ClientConfig[" + endpoint.uri() + ", model " + model + "]";
    }
}
