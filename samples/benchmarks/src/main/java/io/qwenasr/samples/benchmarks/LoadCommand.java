package io.qwenasr.samples.benchmarks;

import io.qwenasr.samples.benchmarks.load.LoadRun;
import io.qwenasr.samples.benchmarks.load.Plan;
import io.qwenasr.samples.benchmarks.peer.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The load harness alone. */
@Command(name = "load", mixinStandardHelpOptions = true, description = "Runs the load harness.")
final class LoadCommand implements Callable<Integer> {

    @Mixin
    private final RunOptions options = new RunOptions();

    @Option(
            names = "--scenario",
            split = ",",
            description = "Some of: full-speed, full-speed-tls, file, real-time, idle, stalled, slow.")
    private List<String> scenarios = new ArrayList<>();

    @Option(names = "--peer", split = ",", description = "Some of the clients, by their labels in RESULTS.md.")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--rounds", description = "Turns of each client, where it has more than one.")
    private int rounds;

    @Option(names = "--sessions", split = ",", description = "Numbers of sessions in real time.")
    private List<Integer> sessions = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Plan plan = options.plan();
        if (rounds > 0) {
            plan = plan.withRounds(rounds);
        }
        if (!sessions.isEmpty()) {
            plan = plan.withSessions(sessions);
        }
        Output output = options.begin();
        new LoadRun(options.javaHomes(), System.err, output::add)
                .run(
                        plan,
                        scenarios.isEmpty() ? Plan.scenarios() : scenarios,
                        peers.stream().map(Peers::of).toList());
        options.finish(output);
        return 0;
    }
}
