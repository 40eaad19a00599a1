package io.qwenasr.samples.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Entry point of the process. */
final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        // Not System.out: it hides failures to write, and in a plain C locale it cannot write Chinese.
        Charset charset = StandardCharsets.UTF_8;
        Output out = Output.of(new FileOutputStream(FileDescriptor.out), charset);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, charset);
        Shell shell = new Shell(
                out,
                err,
                System.in,
                System.getenv(),
                new ProcessTerminal(System.getenv()),
                Interrupts.ofProcess(),
                EngineLoader::local);
        System.exit(new Cli(shell).run(arguments));
    }
}
