package io.qwenasr.samples.benchmarks;

import io.qwenasr.samples.benchmarks.sink.SinkServer;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The process of the server; started by {@code load}. */
@Command(name = "server", hidden = true)
final class ServerCommand implements Callable<Integer> {

    @Parameters(index = "0", description = "Where to write the store of the certificate that clients must trust.")
    private Path trust = Path.of("trust.p12");

    @Override
    public Integer call() throws Exception {
        try (SinkServer server = new SinkServer()) {
            server.writeTrustStore(trust);
            System.out.println("= " + server.port() + "," + server.securePort());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
        return 0;
    }
}
