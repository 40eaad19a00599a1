package io.qwenasr.samples.cli;

import io.qwenasr.reactor.Endpoint;
import org.jspecify.annotations.Nullable;

/** Who transcribes: a server on the network, or one in this process. */
sealed interface EndpointChoice {

    /**
     * A server on the network.
     *
     * @param endpoint where it listens
     * @param key the key to send, if there is one
     * @param hosted whether it is the hosted service, for want of another
     */
    record Remote(Endpoint endpoint, @Nullable ApiKey key, boolean hosted) implements EndpointChoice {}

    /** A server in this process, with the local engine. */
    record Embedded() implements EndpointChoice {}

    /**
     * Chooses.
     *
     * @param address the endpoint that the user names
     * @param key the key that was found
     * @param local whether the user asks for the local engine by naming its model
     */
    static EndpointChoice of(@Nullable String address, @Nullable ApiKey key, boolean local) {
        if (address != null) {
            return new Remote(parse(address), key, false);
        }
        return key == null || local ? new Embedded() : new Remote(Endpoint.beijing(), key, true);
    }

    private static Endpoint parse(String address) {
        try {
            return Endpoint.of(address);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.ENDPOINT_INVALID, String.valueOf(e.getMessage()), e);
        }
    }
}
