package io.qwenasr.samples.cli;

import io.qwenasr.samples.cli.EngineLoader.Engine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** A command line run in this process, with everything around it made up. */
final class CliRun {

    static final Duration LIMIT = Duration.ofSeconds(60);

    /** How a run ended; output is UTF-8. */
    record Result(int code, String out, String err) {
        List<String> outLines() {
            return out.lines().toList();
        }

        List<String> errLines() {
            return err.lines().toList();
        }
    }

    private final Map<String, String> environment = new HashMap<>();
    private final Watched out = new Watched();
    private final Watched err = new Watched();
    private final AtomicInteger exits = new AtomicInteger(-1);
    private final Interrupts interrupts = new Interrupts(exits::set);
    private InputStream in = InputStream.nullInputStream();
    private OutputStream stdout = out;
    private boolean isPipe;
    private TerminalInfo terminal = TerminalInfo.NONE;
    private EngineLoader engines = (folder, progress) -> new Engine(new SpeakingClock(), () -> {});
    private Microphones microphones = new Microphones() {
        @Override
        public List<String> names() {
            return List.of();
        }

        @Override
        public Flux<ByteBuffer> open(@Nullable String name) {
            throw new AssertionError("there is none");
        }
    };
    private CompletableFuture<Integer> running = new CompletableFuture<>();

    CliRun environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    CliRun in(byte[] bytes) {
        return in(new ByteArrayInputStream(bytes));
    }

    CliRun in(InputStream stream) {
        this.in = stream;
        return this;
    }

    CliRun out(OutputStream stream) {
        this.stdout = stream;
        return this;
    }

    /** A standard output that is a pipe. */
    CliRun pipe(OutputStream stream) {
        this.isPipe = true;
        return out(stream);
    }

    CliRun terminal(TerminalInfo terminal) {
        this.terminal = terminal;
        return this;
    }

    CliRun engines(EngineLoader engines) {
        this.engines = engines;
        return this;
    }

    CliRun microphones(Microphones microphones) {
        this.microphones = microphones;
        return this;
    }

    Interrupts interrupts() {
        return interrupts;
    }

    /** The code with which the process was to be ended at once; -1 if it was not. */
    int exit() {
        return exits.get();
    }

    Result run(String... arguments) {
        return start(arguments).await();
    }

    /** What surrounds the command. */
    Shell shell() {
        return new Shell(
                new Output(stdout, StandardCharsets.UTF_8, () -> isPipe),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                in,
                environment,
                terminal,
                interrupts,
                engines);
    }

    CliRun start(String... arguments) {
        Shell shell = shell();
        running = CompletableFuture.supplyAsync(() -> new Cli(shell, microphones).run(arguments), command -> {
            Thread thread = new Thread(command, "cli");
            thread.setDaemon(true);
            thread.start();
        });
        return this;
    }

    Result await() {
        try {
            int code = running.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return new Result(code, out.text(), err.text());
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the command did not end; out: " + out.text() + " err: " + err.text(), e);
        }
    }

    /** Waits until standard output is as wanted. */
    String awaitOut(Predicate<String> wanted) {
        return out.await(wanted);
    }

    /** Waits until standard error is as wanted. */
    String awaitErr(Predicate<String> wanted) {
        return err.await(wanted);
    }

    /** Collects, and tells those who wait. */
    private static final class Watched extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) throws IOException {
            bytes.write(b);
            notifyAll();
        }

        @Override
        public synchronized void write(byte[] b, int offset, int length) {
            bytes.write(b, offset, length);
            notifyAll();
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        synchronized String await(Predicate<String> wanted) {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!wanted.test(text())) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("not what was waited for: " + text());
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return text();
        }
    }
}
