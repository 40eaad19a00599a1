package io.qwenasr.samples.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;

/** Standard output: everything is on its way when a method returns, and failures are told. */
final class Output {

    private final OutputStream stream;
    private final Charset charset;

    Output(OutputStream stream, Charset charset) {
        this.stream = stream;
        this.charset = charset;
    }

    void line(String text) {
        print(text + System.lineSeparator());
    }

    void print(String text) {
        try {
            stream.write(text.getBytes(charset));
            stream.flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    OutputStream stream() {
        return stream;
    }

    Charset charset() {
        return charset;
    }
}
