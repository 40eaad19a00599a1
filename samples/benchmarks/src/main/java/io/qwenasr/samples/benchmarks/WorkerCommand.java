package io.qwenasr.samples.benchmarks;

import io.qwenasr.samples.benchmarks.load.Worker;
import io.qwenasr.samples.benchmarks.peer.Peers;
import io.qwenasr.samples.benchmarks.sink.SinkAddress;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The process of a client; started by {@code load}. */
@Command(name = "worker", hidden = true)
final class WorkerCommand implements Callable<Integer> {

    @Parameters(index = "0")
    private String peer = "";

    @Parameters(index = "1", description = "The ports of ws and wss, with a comma in between.")
    private String ports = "";

    @Override
    public Integer call() throws Exception {
        PrintStream answers = System.out;
        // Whatever a client prints must not be taken for an answer.
        System.setOut(System.err);
        int comma = ports.indexOf(',');
        SinkAddress sink = new SinkAddress(
                Integer.parseInt(ports.substring(0, comma)), Integer.parseInt(ports.substring(comma + 1)));
        Worker.run(
                Peers.of(peer),
                sink,
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                answers);
        return 0;
    }
}
