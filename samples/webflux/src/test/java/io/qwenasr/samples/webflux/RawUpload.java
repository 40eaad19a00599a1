package io.qwenasr.samples.webflux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A request for {@code POST /transcriptions} that is written as the test goes on, as {@code curl -T -} does. */
final class RawUpload implements AutoCloseable {

    private static final int SMALL = 8 * 1024;

    private final Socket socket = new Socket();
    private final OutputStream out;
    private final BufferedReader in;

    RawUpload(TestApp app) throws IOException {
        // Little room in between, so that whoever does not read is noticed soon.
        socket.setReceiveBufferSize(SMALL);
        socket.setSendBufferSize(SMALL);
        socket.setSoTimeout((int) TestApp.LIMIT.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), app.port()));
        out = socket.getOutputStream();
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out.write("""
                POST /transcriptions HTTP/1.1\r
                Host: 127.0.0.1:%d\r
                Content-Type: application/x-www-form-urlencoded\r
                Transfer-Encoding: chunked\r
                \r
                """.formatted(app.port()).getBytes(StandardCharsets.US_ASCII));
    }

    void send(byte[] bytes) throws IOException {
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    void end() throws IOException {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Reads on to a line that has the text in it. */
    String awaitLine(String text) {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.contains(text)) {
                    return line;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("while waiting for " + text, e);
        }
        throw new AssertionError("the response ended without " + text);
    }

    /** Leaves without a word. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
