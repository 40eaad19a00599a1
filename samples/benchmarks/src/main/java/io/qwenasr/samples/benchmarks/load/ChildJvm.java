package io.qwenasr.samples.benchmarks.load;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM started from this one's class path, and told what to do in lines. It ends when its input does. */
final class ChildJvm implements AutoCloseable {

    private static final long END_SECONDS = 5;

    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;
    private final String name;

    ChildJvm(String name, Path javaHome, List<String> jvmOptions, List<String> arguments) throws IOException {
        this.name = name;
        List<String> command = new ArrayList<>();
        command.add(javaHome.resolve("bin").resolve("java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.qwenasr.samples.benchmarks.Main"));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        output = process.inputReader(StandardCharsets.UTF_8);
        input = process.outputWriter(StandardCharsets.UTF_8);
    }

    void say(String line) throws IOException {
        input.write(line);
        input.newLine();
        input.flush();
    }

    /** Waits for the next answer; whatever else is printed is skipped. */
    String answer() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(Worker.ANSWER)) {
                return line.substring(Worker.ANSWER.length());
            }
        }
        throw new IOException("the process of " + name + " ended without an answer");
    }

    @Override
    public void close() {
        try {
            input.close();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException gone) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
