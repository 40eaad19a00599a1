package io.qwenasr.samples.benchmarks.jmh;

import io.qwenasr.samples.benchmarks.load.Figures;
import io.qwenasr.samples.benchmarks.load.Sample;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks of this package, on each of some JDKs. */
public final class JmhRun {

    /** The scenario of the samples. */
    public static final String SCENARIO = "jmh";

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private JmhRun() {}

    /** Runs those whose names match one of the patterns, or all. */
    public static void run(List<Path> javaHomes, boolean quick, List<String> patterns, Consumer<Sample> samples)
            throws RunnerException {
        for (Path javaHome : javaHomes) {
            ChainedOptionsBuilder options = new OptionsBuilder()
                    .jvm(javaHome.resolve("bin").resolve("java").toString())
                    .jvmArgs("-Xms512m", "-Xmx512m")
                    .addProfiler(GCProfiler.class)
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .forks(quick ? 1 : 2)
                    .warmupIterations(quick ? 2 : 3)
                    .warmupTime(TimeValue.milliseconds(quick ? 500 : 1_000))
                    .measurementIterations(3)
                    .measurementTime(TimeValue.milliseconds(quick ? 500 : 1_000));
            patterns.forEach(options::include);
            for (RunResult result : new Runner(options.build()).run()) {
                samples.accept(sample(result));
            }
        }
    }

    private static Sample sample(RunResult result) {
        String name = result.getParams().getBenchmark();
        Result<?> time = result.getPrimaryResult();
        Figures figures = Figures.of("micros", time.getStatistics().getPercentile(50))
                .with("minMicros", time.getStatistics().getMin())
                .with("maxMicros", time.getStatistics().getMax())
                .with("allocated", allocated(result));
        String jdk = result.getParams().getJdkVersion();
        return new Sample(
                SCENARIO,
                Integer.toString(Runtime.Version.parse(jdk).feature()),
                name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                1,
                figures);
    }

    private static double allocated(RunResult result) {
        for (String label : result.getSecondaryResults().keySet()) {
            if (label.endsWith(ALLOCATED)) {
                return result.getSecondaryResults().get(label).getScore();
            }
        }
        return Double.NaN;
    }
}
