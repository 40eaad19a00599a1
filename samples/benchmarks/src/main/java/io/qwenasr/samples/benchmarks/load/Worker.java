package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Peer;
import io.qwenasr.samples.benchmarks.peer.Peers;
import io.qwenasr.samples.benchmarks.sink.SinkAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Objects;

/**
 * The process of one client: reads what to do, a line for each, and answers with a line. It lives through all rounds,
 * so that its code is warm, and sleeps while others have their turn.
 */
public final class Worker {

    static final String ANSWER = "= ";

    private Worker() {}

    /** Serves until the input ends. */
    public static void run(Peers which, SinkAddress sink, BufferedReader in, PrintStream out) throws IOException {
        try (Peer peer = which.create()) {
            out.println(ANSWER + System.getProperty("java.version"));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(ANSWER + measure(peer, sink, Params.parse(line)).line());
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(which.label() + " cannot be closed", e);
        }
    }

    static Figures measure(Peer peer, SinkAddress sink, Params params) {
        try {
            Scenario scenario = Objects.requireNonNull(Scenario.ALL.get(params.text("scenario")), "scenario");
            return scenario.run(Bench.of(peer, sink, params.flag("tls")), params);
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            return Figures.failed(e.toString());
        }
    }
}
