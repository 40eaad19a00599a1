package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.qwenasr.samples.localengine.DemoRecording;
import io.qwenasr.samples.localengine.WordErrorRate;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The executable jar, as a process of its own. */
class PackagedJarIT {

    private static final long LIMIT_SECONDS = 60;
    private static final String DIM = "\u001b[2m";
    private static final int CTRL_C = 3;
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    private Path folder;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    /** Whatever was run, with its streams redirected. */
    @AfterEach
    void findNoControlCharacter() throws Exception {
        try (DirectoryStream<Path> written = Files.newDirectoryStream(folder, "*.err")) {
            for (Path file : written) {
                assertNoControlCharacter(Files.readString(file));
            }
        }
    }

    private static void assertNoControlCharacter(String text) {
        assertThat(text.replace(System.lineSeparator(), "")).doesNotContainPattern("\\p{Cc}");
    }

    private Process start(String name, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(JAVA, "-jar", System.getProperty("qwenasr.jar")));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().remove("DASHSCOPE_API_KEY");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.redirectError(file(name)).start();
        processes.add(process);
        process.getOutputStream().close();
        return process;
    }

    private File file(String name) {
        return folder.resolve(name + ".err").toFile();
    }

    private String err(String name) throws Exception {
        return Files.readString(file(name).toPath());
    }

    private static List<String> outOf(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertNoControlCharacter(out);
        return out.lines().toList();
    }

    /** Through the handle: the process's own method would close the streams that are still to be read. */
    private static void terminate(Process process) {
        assertThat(process.toHandle().destroy()).isTrue();
    }

    private static WordErrorRate errors(List<String> transcript) {
        return WordErrorRate.of(DemoRecording.script(), String.join(" ", transcript));
    }

    @Test
    void showsTheDemo() throws Exception {
        Process demo = start("demo", "demo", "--speed", "2");
        List<String> lines = outOf(demo);
        assertThat(demo.exitValue()).as(err("demo")).isZero();
        List<String> transcript = lines.stream()
                .filter(line -> line.matches("\\d\\d:\\d\\d\\.\\d–.*"))
                .map(line -> line.substring(17))
                .toList();
        assertThat(errors(transcript).rate()).as(transcript.toString()).isLessThanOrEqualTo(0.10);
    }

    @Test
    void captionsAudioInThePlaceOfAMicrophone() throws Exception {
        Path wav = Files.write(folder.resolve("demo.wav"), DemoRecording.wav());
        Process mic = start("mic", "mic", "--input", wav.toString(), "--speed", "8");
        List<String> transcript = outOf(mic);
        assertThat(mic.exitValue()).as(err("mic")).isZero();
        assertThat(errors(transcript).rate()).as(transcript.toString()).isLessThanOrEqualTo(0.10);
        assertThat(String.join("", transcript) + err("mic").replace("\n", "")).doesNotContainPattern("\\p{Cc}");
    }

    @Test
    void servesAndTranscribes() throws Exception {
        Path wav = Files.write(folder.resolve("demo.wav"), DemoRecording.wav());
        Process server = start("serve", "serve", "--port", "0");
        BufferedReader served = server.inputReader(StandardCharsets.UTF_8);
        String first = served.readLine();
        assertThat(first).as(err("serve")).matches("listening on ws://127\\.0\\.0\\.1:\\d+/api-ws/v1/realtime");
        String uri = first.substring("listening on ".length());

        Process client = start("client", "transcribe", wav.toString(), "--speed", "max", "--endpoint", uri);
        List<String> transcript = outOf(client);
        assertThat(client.exitValue()).as(err("client")).isZero();
        assertThat(transcript).hasSize(DemoRecording.sentences().size());
        assertThat(errors(transcript).rate()).as(transcript.toString()).isLessThanOrEqualTo(0.10);
        assertThat(err("client").lines())
                .as("no warning of logging, natives or Unsafe")
                .hasSize(1);

        Process slow =
                start("slow", "transcribe", wav.toString(), "--format", "jsonl", "--no-resume", "--endpoint", uri);
        BufferedReader events = slow.inputReader(StandardCharsets.UTF_8);
        String line = events.readLine();
        while (line != null && !line.contains("\"partial\"")) {
            line = events.readLine();
        }
        assertThat(line).as(err("slow")).isNotNull();
        terminate(server);
        assertThat(events.lines().anyMatch(l -> l.contains("\"final\"")))
                .as("what was sent is transcribed before the server ends")
                .isTrue();
        assertThat(server.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).as(err("serve")).isZero();
        assertThat(served.readLine()).isNull();
        assertThat(slow.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(slow.exitValue()).isEqualTo(ExitCode.CONNECTION_LOST.code());
    }

    @Test
    void endsInGoodOrderWhenTerminated() throws Exception {
        Path wav = Files.write(folder.resolve("demo.wav"), DemoRecording.wav());
        Process client = start("client", "transcribe", wav.toString(), "--format", "jsonl");
        BufferedReader events = client.inputReader(StandardCharsets.UTF_8);
        String line = events.readLine();
        while (line != null && !line.contains("\"partial\"")) {
            line = events.readLine();
        }
        assertThat(line).as(err("client")).isNotNull();
        terminate(client);
        assertThat(events.lines().anyMatch(l -> l.contains("\"final\""))).isTrue();
        assertThat(client.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(client.exitValue()).isEqualTo(143);
    }

    @Test
    void endsQuietlyWhenItsReaderGoesAway() throws Exception {
        Path wav = Files.write(folder.resolve("demo.wav"), DemoRecording.wav());
        Process client = start("client", "transcribe", wav.toString());
        assertThat(client.inputReader(StandardCharsets.UTF_8).readLine())
                .as(err("client"))
                .isNotNull();
        client.getInputStream().close();
        assertThat(client.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(client.exitValue()).isEqualTo(ExitCode.PIPE_CLOSED.code());
        assertThat(err("client").lines()).hasSize(1);
    }

    @Test
    void hearsNoSpeechInSilence() throws Exception {
        Path wav = TestAudio.file(folder, "silence.wav", 3, TestAudio.SILENCE);
        Process client = start("client", "transcribe", wav.toString(), "--speed", "max");
        assertThat(outOf(client)).isEmpty();
        assertThat(client.exitValue()).isEqualTo(ExitCode.NO_SPEECH.code());
        assertThat(err("client")).contains("no speech found in " + wav).doesNotContain("Exception", "\tat ");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void drawsOnATerminalAndHearsItsCtrlC() throws Exception {
        assumeFalse(ignoresInterrupts(), "started in the background of a script, where all processes ignore Ctrl-C");
        String demo = "stty cols 80 rows 24; '" + JAVA + "' -jar '" + System.getProperty("qwenasr.jar") + "' demo";
        ProcessBuilder builder = new ProcessBuilder("script", "--quiet", "--return", "--command", demo, "/dev/null");
        builder.environment().put("TERM", "xterm-256color");
        builder.environment().remove("NO_COLOR");
        Process terminal = builder.redirectErrorStream(true).start();
        processes.add(terminal);
        Reader shown = terminal.inputReader(StandardCharsets.UTF_8);
        assertThat(readUntil(shown, DIM)).contains("loading", "Speech:");
        terminal.getOutputStream().write(CTRL_C);
        terminal.getOutputStream().flush();
        assertThat(readUntil(shown, "its final caption")).contains("Transcript", "00:01.0–");
        assertThat(terminal.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(terminal.exitValue()).isEqualTo(130);
    }

    /** What this process ignores, the processes it starts ignore, too. */
    private static boolean ignoresInterrupts() throws IOException {
        long interrupt = 1 << (2 - 1);
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & interrupt) != 0);
    }

    private static String readUntil(Reader shown, String wanted) throws Exception {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(wanted) < 0) {
            int c = shown.read();
            if (c < 0) {
                throw new AssertionError("no " + wanted + " in: " + text);
            }
            text.append((char) c);
        }
        return text.toString();
    }
}
