package io.qwenasr.samples.cli;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;

/** {@code serve}: the local engine for others. */
@Command(
        name = "serve",
        description = {
            "Serves the local recogniser (Vosk and Silero VAD, US English) with the Qwen-ASR-Realtime protocol.",
            "",
            "The first line on standard output, printed once connections are accepted, is",
            "  listening on ws://127.0.0.1:PORT/api-ws/v1/realtime",
            ""
        },
        footer = {
            "",
            "On a terminal a table of the sessions follows: since when each is there, the seconds of audio received, the"
                    + " utterances transcribed, how it is (open, ended, cut by its client, failed), and its latest text."
                    + " Elsewhere nothing follows.",
            "",
            "SIGTERM, or Ctrl-C, stops: no new sessions, what was received is transcribed and sent, within 10 s; then"
                    + " the exit code is 0. A second one ends at once, with 143 or 130.",
            "",
            "Examples:",
            "  qwen-asr serve --port 8080",
            "  qwen-asr serve --port 8443 --host 0.0.0.0 --api-key-file keys.txt \\",
            "      --tls-cert cert.pem --tls-key key.pem",
            ""
        })
final class ServeCommand implements Callable<Integer> {

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "0",
            description = "The port to listen on, 0 to 65535; 0, the default, for any free one.")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "H",
            defaultValue = "127.0.0.1",
            description = "The name or address of this machine to listen on. Default: ${DEFAULT-VALUE}, so that only"
                    + " this machine can connect.")
    private String host = "127.0.0.1";

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "A file with the API keys that are accepted: one a line, # begins a comment line. Without it"
                    + " everybody is let in.")
    private @Nullable Path apiKeyFile;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "A certificate chain (PEM), for wss.")
    private @Nullable Path tlsCert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key (PEM, PKCS#8, no password).")
    private @Nullable Path tlsKey;

    @Option(
            names = "--model-folder",
            paramLabel = "FOLDER",
            description = "Use the Vosk model in this folder instead of the small US-English one.")
    private @Nullable Path modelFolder;

    ServeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (port < 0 || port > 65_535) {
            throw usage("--port must be 0 to 65535, not " + port);
        }
        SslContext tls = tls();
        List<String> keys = apiKeyFile == null
                ? List.of()
                : ApiKey.readAll(apiKeyFile).stream().map(ApiKey::value).toList();
        boolean open = keys.isEmpty() && !isLoopback();
        try (EngineLoader.Engine engine = Connection.load(shell, modelFolder)) {
            ServedSessions sessions = new ServedSessions(engine.transcriber(), InstantSource.system());
            QwenAsrServer.Builder server =
                    QwenAsrServer.builder(sessions).host(host).port(port).apiKeys(keys);
            if (tls != null) {
                server.tls(tls);
            }
            if (open) {
                shell.say("warning: whoever reaches " + host + " can use this server, since there is no"
                        + " --api-key-file");
            }
            run(start(server.build()), sessions);
        }
        return ExitCode.OK.code();
    }

    private RunningServer start(QwenAsrServer server) {
        try {
            return Objects.requireNonNull(server.start().block(START_LIMIT));
        } catch (RuntimeException e) {
            throw new CommandFailure(
                    ExitCode.CANNOT_LISTEN,
                    "cannot listen on " + host + " port " + port + ": " + ErrorReport.reasonOf(e),
                    e);
        }
    }

    private void run(RunningServer server, ServedSessions sessions) {
        Mono<Void> stop = shell.interrupts().orderlyEnd();
        @Nullable ServeScreen screen = null;
        try {
            shell.out().line("listening on " + server.uri());
            screen = ServeScreen.open(shell, sessions);
            stop.block();
            int open = server.sessions();
            String stopping = open == 0 ? "stopping" : "stopping; bringing sessions to an end: " + open;
            if (screen == null) {
                shell.say(stopping);
            } else {
                screen.say(stopping);
            }
        } finally {
            try {
                server.stop(GRACE).block(GRACE.multipliedBy(2));
            } finally {
                if (screen != null) {
                    screen.close();
                }
            }
        }
    }

    private boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new CommandFailure(ExitCode.CANNOT_LISTEN, "cannot listen on " + host + ": unknown host", e);
        }
    }

    private @Nullable SslContext tls() {
        if (tlsCert == null && tlsKey == null) {
            return null;
        }
        if (tlsCert == null || tlsKey == null) {
            throw usage("--tls-cert and --tls-key belong together; " + (tlsCert == null ? "--tls-cert" : "--tls-key")
                    + " is missing");
        }
        requireFile(tlsCert, "certificate");
        requireFile(tlsKey, "private key");
        try {
            return SslContextBuilder.forServer(tlsCert.toFile(), tlsKey.toFile())
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.TLS_UNUSABLE,
                    "cannot use the certificate " + tlsCert + " with the private key " + tlsKey + ": "
                            + ErrorReport.reasonOf(e),
                    e);
        }
    }

    private static void requireFile(Path file, String what) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new CommandFailure(ExitCode.TLS_UNUSABLE, "no readable " + what + " file: " + file);
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
