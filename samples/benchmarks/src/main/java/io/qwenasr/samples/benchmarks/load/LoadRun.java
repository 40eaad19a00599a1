package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Peers;
import io.qwenasr.samples.benchmarks.sink.SinkServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Runs a plan: one server process for all of it, and for each step one process for each client and JDK. The clients
 * have their turns one after the other, round by round, and each round begins with another one; so whatever else the
 * machine does, it does it to all of them, and ratios within a round can be told.
 */
public final class LoadRun {

    private final List<Path> javaHomes;
    private final PrintStream progress;
    private final Consumer<Sample> samples;

    /**
     * Prepares a run.
     *
     * @param javaHomes the JDKs of the clients
     * @param progress told what goes on
     * @param samples told what comes of it
     */
    public LoadRun(List<Path> javaHomes, PrintStream progress, Consumer<Sample> samples) {
        this.javaHomes = javaHomes;
        this.progress = progress;
        this.samples = samples;
    }

    /** Runs the scenarios; only these peers, if any are named. */
    public void run(Plan plan, List<String> scenarios, List<Peers> only) throws Exception {
        Path trust = Files.createTempFile("benchmark-trust", ".p12");
        try (ChildJvm server = new ChildJvm(
                "the server",
                Path.of(System.getProperty("java.home")),
                List.of("-Xms256m", "-Xmx1g"),
                List.of("server", trust.toString()))) {
            String ports = server.answer();
            for (Step step : plan.steps(scenarios)) {
                // Nothing is gained by more processes at once than a comparison needs: each holds its heap.
                for (Path javaHome : javaHomes) {
                    run(step, javaHome, ports, trust, only);
                }
            }
        } finally {
            Files.deleteIfExists(trust);
        }
    }

    private void run(Step step, Path javaHome, String ports, Path trust, List<Peers> only) throws IOException {
        List<Client> clients = new ArrayList<>();
        try {
            for (Peers peer : step.peers()) {
                if (only.isEmpty() || only.contains(peer)) {
                    clients.add(new Client(peer, javaHome, step, ports, trust));
                }
            }
            for (Client client : clients) {
                for (Params prime : step.primes()) {
                    client.measure(prime);
                }
            }
            for (int round = 1; round <= step.rounds(); round++) {
                for (int i = 0; i < clients.size(); i++) {
                    Client client = clients.get((i + round - 1) % clients.size());
                    Figures figures = client.measure(step.params());
                    Sample sample = new Sample(step.name(), client.jdk, client.peer.label(), round, figures);
                    samples.accept(sample);
                    progress.println(shown(sample));
                }
            }
        } finally {
            clients.forEach(Client::close);
        }
    }

    private static String shown(Sample sample) {
        String figures = sample.figures().values().entrySet().stream()
                .map(LoadRun::shown)
                .collect(Collectors.joining(" "));
        return sample.scenario() + " " + sample.round() + ", JDK " + sample.jdk() + ", " + sample.peer() + ": "
                + figures + " " + sample.figures().note();
    }

    private static String shown(Map.Entry<String, Double> figure) {
        double value = figure.getValue();
        return figure.getKey() + "=" + String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.2f" : "%.0f", value);
    }

    private static final class Client implements AutoCloseable {

        private final Peers peer;
        private final ChildJvm process;
        private final String jdk;

        Client(Peers peer, Path javaHome, Step step, String ports, Path trust) throws IOException {
            this.peer = peer;
            this.process = new ChildJvm(
                    peer.label(),
                    javaHome,
                    List.of(
                            "-Xms" + step.heapMegabytes() + "m",
                            "-Xmx" + step.heapMegabytes() + "m",
                            "-XX:+AlwaysPreTouch",
                            "-Djavax.net.ssl.trustStore=" + trust,
                            "-Djavax.net.ssl.trustStorePassword=" + SinkServer.TRUST_STORE_PASSWORD),
                    List.of("worker", peer.label(), ports));
            this.jdk = Integer.toString(Runtime.Version.parse(process.answer()).feature());
        }

        Figures measure(Params params) throws IOException {
            process.say(params.line());
            return Figures.parse(process.answer());
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
