package io.qwenasr.samples.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** {@code generate-completion}: a script for bash and zsh that knows all commands and options. */
@Command(
        name = "generate-completion",
        description = {
            "Prints a script that makes bash and zsh complete commands, options and their values.",
            "",
            "It is for a command of the name qwen-asr: a file of that name on the PATH that can be executed and says",
            "  #!/bin/sh",
            "  exec java -jar /where/it/is/qwen-asr.jar \"$@\"",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  source <(qwen-asr generate-completion)",
            "  qwen-asr generate-completion > /etc/bash_completion.d/qwen-asr",
            ""
        })
final class CompletionCommand extends AutoComplete.GenerateCompletion {}
