package io.qwenasr.reactor.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Cuts a file at its line feeds, so that one bad line is told from the others. */
final class Lines implements Closeable {

    /**
     * A line.
     *
     * @param bytes what it holds, without the line feed
     * @param whole false if the file ends before a line feed
     */
    record Line(ByteBuffer bytes, boolean whole) {
        String text() throws CharacterCodingException {
            return UTF_8.newDecoder().decode(bytes.duplicate()).toString();
        }
    }

    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private int from;
    private int to;

    Lines(Path file) throws IOException {
        in = Files.newInputStream(file);
    }

    /** Returns the next line, or null at the end of the file. */
    @Nullable Line next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            if (from == to) {
                from = 0;
                to = Math.max(0, in.read(buffer));
                if (to == 0) {
                    return line.size() == 0 ? null : new Line(ByteBuffer.wrap(line.toByteArray()), false);
                }
            }
            int start = from;
            while (from < to && buffer[from] != '\n') {
                from++;
            }
            line.write(buffer, start, from - start);
            if (from < to) {
                from++;
                return new Line(ByteBuffer.wrap(line.toByteArray()), true);
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
