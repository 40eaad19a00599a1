package io.qwenasr.reactor.test;

import io.qwenasr.reactor.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Sends back what comes, on one connection after the other. */
final class EchoServer implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final AtomicLong received = new AtomicLong();
    private final AtomicReference<String> end = new AtomicReference<>();
    private final AtomicReference<Socket> current = new AtomicReference<>();
    private final Thread thread = new Thread(this::run, "echo");

    EchoServer() throws IOException {
        thread.setDaemon(true);
        thread.start();
    }

    Endpoint endpoint() {
        return Endpoint.of("ws://127.0.0.1:" + listener.getLocalPort() + "/x");
    }

    long received() {
        return received.get();
    }

    /** Returns how the last connection ended, "EOF" or an error; null if none has. */
    String end() {
        return end.get();
    }

    /** Ends the connection: with a reset, or in good order. */
    void hangUp(boolean reset) throws IOException {
        Socket socket = current.get();
        if (reset) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    private void run() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                current.set(socket);
                socket.setTcpNoDelay(true);
                echo(socket.getInputStream(), socket.getOutputStream());
                end.set("EOF");
            } catch (IOException e) {
                end.set(e.toString());
            }
        }
    }

    private void echo(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[8_192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            received.addAndGet(n);
            out.write(buffer, 0, n);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            // Until accept has returned, connections may still be made.
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
