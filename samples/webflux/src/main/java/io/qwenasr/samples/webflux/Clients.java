package io.qwenasr.samples.webflux;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Tells clients apart, by their address. */
final class Clients {

    private Clients() {}

    static String of(@Nullable InetSocketAddress remote) {
        return remote == null || remote.getAddress() == null
                ? "unknown"
                : remote.getAddress().getHostAddress();
    }
}
