package io.qwenasr.samples.benchmarks.sink;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Where a counting server listens, as a client sees it.
 *
 * @param port of ws, and of questions
 * @param securePort of wss
 */
public record SinkAddress(int port, int securePort) {

    private static final String PATH = "/api-ws/v1/realtime";

    /** Returns the address of a session, without a query. */
    public URI session(boolean tls, Behaviour behaviour, String run) {
        // By name: a certificate for an IP address is not looked at by every client in the same way.
        return URI.create((tls ? "wss://localhost:" + securePort : "ws://localhost:" + port) + "/" + behaviour.path()
                + "/" + run + PATH);
    }

    /** Asks what arrived in a run. */
    public SinkStats stats(String run) throws IOException {
        return ask("stats", run);
    }

    /** Lets the stalled sessions of a run go on. */
    public void resume(String run) throws IOException {
        ask("resume", run);
    }

    /** Forgets the latencies of a run so far. */
    public void forget(String run) throws IOException {
        ask("forget", run);
    }

    private SinkStats ask(String what, String run) throws IOException {
        String lines = new String(
                URI.create("http://localhost:" + port + "/" + what + "/" + run)
                        .toURL()
                        .openStream()
                        .readAllBytes(),
                StandardCharsets.UTF_8);
        return SinkStats.parse(lines);
    }
}
