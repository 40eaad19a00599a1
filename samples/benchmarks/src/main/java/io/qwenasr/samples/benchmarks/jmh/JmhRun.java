package io.qwenasr.samples.benchmarks.jmh;

import io.qwenasr.samples.benchmarks.load.Figures;
import io.qwenasr.samples.benchmarks.load.Sample;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the JMH benchmarks of this package, on each of some JDKs, each in a JVM of its own; those that goals are about
 * once more after all the others.
 */
public final class JmhRun {

    /** The scenario of the samples. */
    public static final String SCENARIO = "jmh";

    /** Those that a ratio among the goals is made of. */
    private static final Set<String> OF_GOALS = Set.of(
            "EncodeBenchmark.qwenAsr",
            "EncodeBenchmark.jacksonToBytes",
            "EncodeBenchmark.dashScope",
            "DecodeBenchmark.qwenAsr",
            "DecodeBenchmark.stringsOnly");

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final boolean quick;
    private final PrintStream progress;
    private final Consumer<Sample> samples;
    private final List<String> missing = new ArrayList<>();

    private JmhRun(boolean quick, PrintStream progress, Consumer<Sample> samples) {
        this.quick = quick;
        this.progress = progress;
        this.samples = samples;
    }

    /**
     * Runs those whose names match one of the patterns, or all. One that fails leaves a sample without figures, and
     * the others go on.
     *
     * @return what failed, by JDK and name
     */
    public static List<String> run(
            List<Path> javaHomes, boolean quick, List<String> patterns, PrintStream progress, Consumer<Sample> samples)
            throws IOException {
        JmhRun run = new JmhRun(quick, progress, samples);
        List<String> all = names(patterns);
        List<String> again =
                quick ? List.of() : all.stream().filter(JmhRun::ofGoals).toList();
        for (Path javaHome : javaHomes) {
            String jdk = feature(javaHome);
            all.forEach(name -> run.one(javaHome, jdk, name, 1));
            again.forEach(name -> run.one(javaHome, jdk, name, 2));
        }
        return run.missing;
    }

    /** Returns the full names of the benchmarks that match one of the patterns, or of all. */
    public static List<String> names(List<String> patterns) {
        OutputFormat silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        return BenchmarkList.defaultList()
                .find(silent, patterns.isEmpty() ? List.of(".*") : patterns, List.of())
                .stream()
                .map(BenchmarkListEntry::getUsername)
                .toList();
    }

    /** Returns the label of a benchmark in the samples: its class and its method. */
    public static String label(String name) {
        return name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
    }

    private static boolean ofGoals(String name) {
        return OF_GOALS.contains(label(name));
    }

    private void one(Path javaHome, String jdk, String name, int round) {
        String label = label(name);
        Figures figures;
        try {
            figures = figures(measure(javaHome, name));
        } catch (RunnerException | RuntimeException failed) {
            figures = Figures.failed("missing, for it failed: " + failed);
            missing.add("JDK " + jdk + ", " + label);
        }
        samples.accept(new Sample(SCENARIO, jdk, label, round, figures));
        progress.println("jmh " + round + ", JDK " + jdk + ", " + label + ": " + figures.values() + figures.note());
    }

    private RunResult measure(Path javaHome, String name) throws RunnerException {
        TimeValue iteration = TimeValue.milliseconds(quick ? 500 : 1_000);
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("^" + Pattern.quote(name) + "$")
                        .jvm(javaHome.resolve("bin").resolve("java").toString())
                        .jvmArgs("-Xms512m", "-Xmx512m")
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .forks(1)
                        .warmupIterations(3)
                        .warmupTime(iteration)
                        .measurementIterations(3)
                        .measurementTime(iteration)
                        .build())
                .run();
        return results.stream().findFirst().orElseThrow(() -> new IllegalStateException("it has no result"));
    }

    private static Figures figures(RunResult result) {
        Result<?> time = result.getPrimaryResult();
        return Figures.of("micros", time.getStatistics().getPercentile(50))
                .with("minMicros", time.getStatistics().getMin())
                .with("maxMicros", time.getStatistics().getMax())
                .with("allocated", allocated(result));
    }

    private static double allocated(RunResult result) {
        for (String label : result.getSecondaryResults().keySet()) {
            if (label.endsWith(ALLOCATED)) {
                return result.getSecondaryResults().get(label).getScore();
            }
        }
        return Double.NaN;
    }

    /** From the JDK's own file, so that a benchmark that fails has its row as well. */
    private static String feature(Path javaHome) throws IOException {
        Properties release = new Properties();
        try (Reader in = Files.newBufferedReader(javaHome.resolve("release"))) {
            release.load(in);
        }
        String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
        return Integer.toString(Runtime.Version.parse(version).feature());
    }
}
