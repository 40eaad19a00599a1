package io.qwenasr.samples.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command as a whole: what its parts have in common. */
@Command(
        name = Shell.NAME,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = "Live speech to text over the Qwen-ASR-Realtime protocol.")
final class QwenAsr {

    private int verbosity;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log to standard error, and show where errors come from; -vv and -vvv log more. API keys are"
                    + " never logged.")
    void setVerbose(boolean[] times) {
        verbosity = times.length;
    }

    int verbosity() {
        return verbosity;
    }
}
