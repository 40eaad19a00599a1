package io.qwenasr.samples.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a command line and tells errors in one line. */
final class Cli {

    private final Shell shell;
    private final QwenAsr root = new QwenAsr();
    private final CommandLine commands;

    Cli(Shell shell) {
        this(shell, Microphones.SYSTEM);
    }

    Cli(Shell shell, Microphones microphones) {
        this.shell = shell;
        this.commands = new CommandLine(root);
        add("demo", new DemoCommand(shell), ExitCode.ofDemo());
        add("transcribe", new TranscribeCommand(shell), ExitCode.ofTranscribe());
        add("mic", new MicCommand(shell, microphones), ExitCode.ofMic());
        add("serve", new ServeCommand(shell), ExitCode.ofServe());
        add("generate-completion", new CompletionCommand(), ExitCode.ofCompletion());
        describe(commands.getCommandSpec(), ExitCode.all());
        commands.getCommandSpec()
                .usageMessage()
                .footer(
                        "",
                        "qwen-asr stands for: java -jar qwen-asr.jar",
                        "",
                        "Examples:",
                        "  qwen-asr demo                              live captions, no account needed",
                        "  qwen-asr transcribe talk.wav --speed max   with the local recogniser",
                        "  DASHSCOPE_API_KEY=$(cat key.txt) qwen-asr transcribe talk.wav",
                        "                                             with the hosted service",
                        "  qwen-asr transcribe talks --output-dir subtitles --format srt",
                        "                                             each file of a directory",
                        "  qwen-asr mic                               live captions of what you say",
                        "  qwen-asr serve --port 8080                 a server for other clients",
                        "");
        commands.setOut(shell.out().writer())
                .setErr(new PrintWriter(
                        new OutputStreamWriter(shell.err(), shell.out().charset()), true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(this::execute)
                .setExecutionExceptionHandler((error, command, parsed) -> report(error))
                .setParameterExceptionHandler((error, arguments) -> report(error, arguments));
    }

    int run(String... arguments) {
        return commands.execute(arguments);
    }

    /** All options of all commands. */
    CommandSpec spec() {
        return commands.getCommandSpec();
    }

    private void add(String name, Object command, Map<String, String> exitCodes) {
        CommandLine added = new CommandLine(command);
        describe(added.getCommandSpec(), exitCodes);
        commands.addSubcommand(name, added);
    }

    private static void describe(CommandSpec spec, Map<String, String> exitCodes) {
        spec.usageMessage()
                .header(new String[0])
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes);
    }

    private int execute(ParseResult parsed) {
        Logging.configure(shell.err(), root.verbosity());
        Integer help;
        try {
            help = CommandLine.executeHelpRequest(parsed);
        } catch (OutputException e) {
            return report(e);
        }
        if (help != null) {
            return help;
        }
        if (!parsed.hasSubcommand()) {
            throw new ParameterException(commands, "a command is needed: demo, transcribe, mic or serve");
        }
        return new RunLast().execute(parsed);
    }

    private int report(Throwable error) {
        ErrorReport report = ErrorReport.of(error);
        if (report.code() != ExitCode.PIPE_CLOSED) {
            shell.say(report.message());
        }
        if (root.verbosity() > 0) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            shell.err().print(Text.lines(trace.toString()));
            shell.err().flush();
        }
        return report.code().code();
    }

    private int report(ParameterException error, String[] arguments) {
        CommandLine command = error.getCommandLine();
        shell.say(usageMessage(error, arguments) + "; see "
                + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.code();
    }

    /** Repeats no argument that may be a key. */
    private static String usageMessage(ParameterException error, String[] arguments) {
        boolean key = Stream.of(arguments)
                .map(argument -> argument.split("=", 2)[0])
                .anyMatch(name -> name.matches("--?(api[-_]?)?key"));
        if (key) {
            return "the API key is never an argument, where others could read it; put it into " + ApiKey.VARIABLE
                    + " or a file for --api-key-file";
        }
        if (error instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            if (first.startsWith("-")) {
                return "unknown option " + first.split("=", 2)[0];
            }
            boolean command = error.getCommandLine().getCommand() instanceof QwenAsr;
            return (command ? "unknown command '" : "unexpected argument '") + first + "'";
        }
        return String.valueOf(error.getMessage());
    }
}
