package io.qwenasr.samples.webflux;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Tells clients apart, by their address. Behind a proxy that is the proxy's, unless
 * {@code server.forward-headers-strategy} says that the proxy's word is to be taken.
 */
final class Clients {

    private Clients() {}

    static String of(@Nullable InetSocketAddress remote) {
        if (remote == null) {
            return "unknown";
        }
        // What a proxy tells is not resolved.
        return remote.getAddress() == null
                ? remote.getHostString()
                : remote.getAddress().getHostAddress();
    }
}
