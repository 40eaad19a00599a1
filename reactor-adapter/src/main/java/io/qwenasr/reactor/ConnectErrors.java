package io.qwenasr.reactor;

import io.netty.channel.ConnectTimeoutException;
import io.qwenasr.ConnectException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.ProtocolException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.SessionPhase;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Objects;
import javax.net.ssl.SSLException;

/** Says in this library's terms why no connection came about. */
final class ConnectErrors {

    private ConnectErrors() {}

    static QwenAsrException translate(Endpoint endpoint, Throwable error, HandshakeResponse response) {
        URI uri = endpoint.uri();
        if (response.refusedStatus() != 0) {
            return new HandshakeRejectedException(
                    uri.toString(), response.refusedStatus(), response.headers(), response.body());
        }
        if (response.malformed() != null) {
            String hint = "ws".equalsIgnoreCase(uri.getScheme()) ? "; if it speaks TLS, it needs wss://" : "";
            return new ProtocolException(
                    uri + " did not answer with HTTP" + hint, SessionPhase.CONNECTING, null, response.malformed());
        }
        if (error instanceof UnknownHostException) {
            return new ConnectException("unknown host " + uri.getHost() + " in " + uri, error);
        }
        if (error instanceof ConnectTimeoutException) {
            return new ConnectException("no connection to " + uri + " in time", error);
        }
        if (error instanceof java.net.ConnectException) {
            return new ConnectException("nothing listens at " + uri, error);
        }
        if (error instanceof SSLException) {
            return new ConnectException("TLS with " + uri + " failed: " + error.getMessage(), error);
        }
        String why =
                Objects.requireNonNullElse(error.getMessage(), error.getClass().getSimpleName());
        return new ConnectException("cannot connect to " + uri + ": " + why, error);
    }
}
