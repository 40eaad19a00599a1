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

    private static final List<String> QUICK = List.of("EncodeBenchmark", "DecodeBenchmark", "FrameBenchmark");

    @Mixin
    private final RunOptions options = new RunOptions();

    @Parameters(paramLabel = "PATTERN", description = "Parts of benchmarks' names; all without any.")
    private List<String> patterns = new ArrayList<>();

    static List<String> patterns(List<String> named, boolean quick) {
        return named.isEmpty() && quick ? QUICK : named;
    }

    @Override
    public Integer call() throws Exception {
        Output output = options.begin();
        JmhRun.run(options.javaHomes(), options.quick(), patterns(patterns, options.quick()), output::add);
        options.finish(output);
        return 0;
    }
}
