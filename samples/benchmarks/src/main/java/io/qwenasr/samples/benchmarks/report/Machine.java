package io.qwenasr.samples.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Tells where and with what is measured. */
public final class Machine {

    private static final List<String> TELLING_FLAGS = List.of("avx2", "avx512bw", "avx512_vbmi");

    private Machine() {}

    /** Returns names and values for a table. */
    public static Map<String, String> describe(List<Path> javaHomes, boolean quick) throws IOException {
        Map<String, String> table = new LinkedHashMap<>();
        table.put("date", LocalDate.now(ZoneOffset.UTC) + (quick ? ", quick mode: a look, not a result" : ""));
        table.put("processor", processor());
        table.put("memory", memory());
        table.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        table.put(
                "load before the run",
                String.format(
                        Locale.ROOT,
                        "%.1f",
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        List<String> jdks = new ArrayList<>();
        for (Path javaHome : javaHomes) {
            jdks.add(jdk(javaHome));
        }
        table.put("JDKs of the clients", String.join("; ", jdks));
        table.put("JDK of the server", jdk(Path.of(System.getProperty("java.home"))));
        Properties versions = new Properties();
        try (InputStream in = Machine.class.getResourceAsStream("/versions.properties")) {
            if (in != null) {
                versions.load(in);
            }
        }
        versions.stringPropertyNames().stream().sorted().forEach(name -> table.put(name, versions.getProperty(name)));
        return table;
    }

    private static String memory() throws IOException {
        String kilobytes = first("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kilobytes.isEmpty()
                ? "unknown"
                : String.format(Locale.ROOT, "%.0f GiB", Double.parseDouble(kilobytes) / (1 << 20));
    }

    private static String processor() throws IOException {
        List<String> flags = List.of(first("/proc/cpuinfo", "flags").split(" ", -1));
        return Runtime.getRuntime().availableProcessors() + " × " + first("/proc/cpuinfo", "model name") + ", "
                + String.join(
                        ", ", TELLING_FLAGS.stream().filter(flags::contains).toList());
    }

    private static String first(String file, String name) throws IOException {
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            return "unknown";
        }
        for (String line : Files.readAllLines(path)) {
            if (line.startsWith(name)) {
                return line.substring(line.indexOf(':') + 1).trim();
            }
        }
        return "unknown";
    }

    private static String jdk(Path javaHome) throws IOException {
        Properties release = new Properties();
        Path file = javaHome.resolve("release");
        if (Files.isReadable(file)) {
            try (Reader in = Files.newBufferedReader(file)) {
                release.load(in);
            }
        }
        return (release.getProperty("IMPLEMENTOR", "unknown") + " "
                        + release.getProperty("JAVA_RUNTIME_VERSION", release.getProperty("JAVA_VERSION", "")))
                .replace("\"", "");
    }
}
