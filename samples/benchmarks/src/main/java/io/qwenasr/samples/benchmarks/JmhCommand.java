package io.qwenasr.samples.benchmarks;

import io.qwenasr.samples.benchmarks.jmh.JmhRun;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The JMH benchmarks alone. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        description = "Runs the JMH benchmarks; for JMH's own options use"
                + " `java -cp benchmarks.jar org.openjdk.jmh.Main`.")
final class JmhCommand implements Callable<Integer> {

    private static final List<String> QUICK =
            List.of("EncodeBenchmark", "DecodeBenchmark", "FrameBenchmark", "ReceiveBenchmark");

    @Mixin
    private final RunOptions options = new RunOptions();

    @Parameters(paramLabel = "PATTERN", description = "Parts of benchmarks' names; all without any.")
    private List<String> patterns = new ArrayList<>();

    static List<String> patterns(List<String> named, boolean quick) {
        return named.isEmpty() && quick ? QUICK : named;
    }

    static int exitCode(List<String> missing) {
        missing.forEach(one -> System.err.println("missing: " + one));
        return missing.isEmpty() ? 0 : 1;
    }

    @Override
    public Integer call() throws Exception {
        Output output = options.begin();
        List<String> missing = JmhRun.run(
                options.javaHomes(), options.quick(), patterns(patterns, options.quick()), System.err, output::add);
        options.finish(output);
        return exitCode(missing);
    }
}
