package io.qwenasr.samples.benchmarks;

import io.qwenasr.samples.benchmarks.jmh.JmhRun;
import io.qwenasr.samples.benchmarks.load.LoadRun;
import io.qwenasr.samples.benchmarks.load.Plan;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Everything. */
@Command(name = "all", mixinStandardHelpOptions = true, description = "Runs the load harness, then JMH.")
final class AllCommand implements Callable<Integer> {

    @Mixin
    private final RunOptions options = new RunOptions();

    @Override
    public Integer call() throws Exception {
        Output output = options.begin();
        new LoadRun(options.javaHomes(), System.err, output::add).run(options.plan(), Plan.scenarios(), List.of());
        List<String> missing = JmhRun.run(
                options.javaHomes(),
                options.quick(),
                JmhCommand.patterns(List.of(), options.quick()),
                System.err,
                output::add);
        options.finish(output);
        return JmhCommand.exitCode(missing);
    }
}
