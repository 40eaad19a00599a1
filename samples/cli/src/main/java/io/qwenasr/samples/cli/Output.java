package io.qwenasr.samples.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.util.function.BooleanSupplier;

/** Standard output: everything is on its way when a method returns, and failures are told. */
final class Output {

    private final OutputStream stream;
    private final Charset charset;
    private final BooleanSupplier hasReader;

    /** With whether there is a reader who can go away: then any failure means that. */
    Output(OutputStream stream, Charset charset, BooleanSupplier hasReader) {
        this.stream = stream;
        this.charset = charset;
        this.hasReader = hasReader;
    }

    /** To what only fails if it cannot take more. */
    Output(OutputStream stream, Charset charset) {
        this(stream, charset, () -> false);
    }

    /** To whatever a file descriptor is. */
    static Output of(FileOutputStream descriptor, Charset charset) {
        return new Output(descriptor, charset, () -> !isSeekable(descriptor));
    }

    /** Files and devices such as {@code /dev/full} are; pipes, sockets and terminals are not. */
    private static boolean isSeekable(FileOutputStream descriptor) {
        try {
            return descriptor.getChannel().position() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    void line(String text) {
        print(text + System.lineSeparator());
    }

    void print(String text) {
        try {
            stream.write(text.getBytes(charset));
            stream.flush();
        } catch (IOException e) {
            throw new OutputException(e, hasReader.getAsBoolean());
        }
    }

    /** For those who need one; unlike others of its kind it tells failures, as an {@link OutputException}. */
    PrintWriter writer() {
        return new PrintWriter(new Writer() {
            @Override
            public void write(char[] text, int offset, int length) {
                print(new String(text, offset, length));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }

    Charset charset() {
        return charset;
    }
}
