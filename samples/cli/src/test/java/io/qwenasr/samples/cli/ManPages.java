package io.qwenasr.samples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Describes all commands in AsciiDoc, from which manual pages are made; see the profile {@code man}. */
final class ManPages {

    private ManPages() {}

    public static void main(String[] arguments) {
        generate(Path.of(arguments[0]), arguments[1]);
    }

    /** Writes a file for each command to a folder. */
    static void generate(Path folder, String version) {
        Shell nobody = new Shell(
                new Output(OutputStream.nullOutputStream(), StandardCharsets.UTF_8),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                InputStream.nullInputStream(),
                Map.of(),
                TerminalInfo.NONE,
                new Interrupts(code -> {}),
                EngineLoader::local);
        CommandSpec root = new Cli(nobody).spec();
        prepare(root, version);
        try {
            int code = ManPageGenerator.generateManPage(folder.toFile(), null, new boolean[0], false, root);
            if (code != 0) {
                throw new IllegalStateException("no manual pages in " + folder + ", code " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void prepare(CommandSpec command, String version) {
        command.versionProvider(null).version(Shell.NAME + " " + version);
        UsageMessageSpec usage = command.usageMessage();
        usage.exitCodeListHeading("Exit status%n");
        usage.description(apart(usage.description()));
        // Without a heading the footer is left out.
        usage.footerHeading("Notes%n").footer(apart(usage.footer()));
        command.subcommands().values().forEach(below -> prepare(below.getCommandSpec(), version));
    }

    /** In AsciiDoc, indented lines are kept as they are only after an empty line. */
    private static String[] apart(String[] lines) {
        List<String> all = new ArrayList<>();
        String before = "";
        for (String line : lines) {
            if (!before.isBlank() && !line.isBlank() && before.startsWith(" ") != line.startsWith(" ")) {
                all.add("");
            }
            all.add(line);
            before = line;
        }
        return all.toArray(String[]::new);
    }
}
