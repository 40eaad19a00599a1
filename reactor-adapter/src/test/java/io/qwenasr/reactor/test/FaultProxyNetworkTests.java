package io.qwenasr.reactor.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.OpenSockets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the proxy does to TCP, in front of a server that sends back what comes. */
class FaultProxyNetworkTests {

    private static final int LIMIT_MS = 20_000;

    private EchoServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new EchoServer();
    }

    @AfterEach
    void stop() throws IOException {
        if (proxy != null) {
            proxy.close();
        }
        server.close();
    }

    private Socket connectWith(Fault... faults) throws IOException {
        proxy = FaultProxy.builder(server.endpoint()).connection(1, faults).start();
        return connect();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(
                proxy.endpoint().uri().getHost(), proxy.endpoint().uri().getPort());
        socket.setSoTimeout(LIMIT_MS);
        return socket;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Sends bytes and reads them back. */
    private static void assertEchoes(Socket socket, byte[] bytes) throws Exception {
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
        sent.get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    @Test
    void passesEverythingOn() throws Exception {
        try (Socket socket = connectWith()) {
            assertEchoes(socket, random(5_000_000));
            assertThat(proxy.bytes(Direction.TO_SERVER)).isEqualTo(5_000_000);
            assertThat(proxy.bytes(Direction.TO_CLIENT)).isEqualTo(5_000_000);
            assertThat(proxy.connection(1).isOpen()).isTrue();
            assertThat(proxy.openConnections()).isEqualTo(1);
        }
        TestSignals.await("the end of the connection", () -> "EOF".equals(server.end()));
        TestSignals.await("no open connection", () -> proxy.openConnections() == 0);
        assertThat(proxy.connection(1).happened()).isEmpty();
    }

    @Test
    void refuses() throws Exception {
        // The reset may come as early as the connection is made.
        assertThatThrownBy(() -> {
                    try (Socket socket = connectWith(Fault.refuse())) {
                        socket.getInputStream().read();
                    }
                })
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        assertThat(proxy.connection(1).happened()).containsExactly(Fault.refuse());
        try (Socket second = connect()) {
            assertEchoes(second, random(10));
        }
    }

    @Test
    void resetsAfterBytesToTheServer() throws Exception {
        try (Socket socket = connectWith(Fault.reset(Moment.afterBytes(Direction.TO_SERVER, 1_234)))) {
            socket.getOutputStream().write(random(5_000));
            assertThatThrownBy(() -> socket.getInputStream().readNBytes(5_000))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        TestSignals.await("the end at the server", () -> server.end() != null);
        assertThat(server.end()).contains("reset");
        assertThat(server.received()).isLessThanOrEqualTo(1_234);
        assertThat(proxy.connection(1).bytes(Direction.TO_SERVER)).isEqualTo(1_234);
    }

    @Test
    void cutsAfterBytesToTheClient() throws Exception {
        byte[] bytes = random(5_000);
        try (Socket socket = connectWith(Fault.cut(Moment.afterBytes(Direction.TO_CLIENT, 1_234)))) {
            socket.getOutputStream().write(bytes);
            byte[] got = socket.getInputStream().readAllBytes();
            assertThat(got).hasSize(1_234).isEqualTo(Arrays.copyOf(bytes, 1_234));
        }
        TestSignals.await("the end at the server", () -> server.end() != null);
        assertThat(server.end()).isEqualTo("EOF");
        assertThat(server.received()).isEqualTo(5_000);
    }

    @Test
    void cutsAtOnce() throws Exception {
        try (Socket socket = connectWith(Fault.cut(Moment.connected()))) {
            socket.getOutputStream().write(1);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        TestSignals.await(
                "the end of the connection", () -> !proxy.connection(1).isOpen());
        assertThat(server.end()).isNull();
    }

    @Test
    void swallowsWhileHalfOpen() throws Exception {
        try (Socket socket = connectWith(Fault.halfOpen(Moment.afterBytes(Direction.TO_SERVER, 100)))) {
            socket.getOutputStream().write(random(100));
            TestSignals.await("what passed", () -> server.received() == 100);
            socket.getOutputStream().write(random(1_000_000));
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().readNBytes(101))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThat(server.received()).isEqualTo(100);
            assertThat(proxy.connection(1).isOpen()).isTrue();
        }
        TestSignals.await(
                "the end of the connection", () -> !proxy.connection(1).isOpen());
    }

    @Test
    void staysSilentFromTheStart() throws Exception {
        try (Socket socket = connectWith(Fault.halfOpen(Moment.connected()))) {
            socket.getOutputStream().write(random(1_000_000));
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(proxy.connection(1).bytes(Direction.TO_SERVER)).isZero();
    }

    @Test
    void stopsReadingAndGoesOn() throws Exception {
        proxy = FaultProxy.builder(server.endpoint())
                .socketBufferBytes(4_096)
                .connection(1, Fault.stopReading(Direction.TO_SERVER, Moment.afterBytes(Direction.TO_SERVER, 1_000)))
                .start();
        try (SocketChannel client = SocketChannel.open(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), proxy.endpoint().uri().getPort()))) {
            client.configureBlocking(false);
            long first = client.write(ByteBuffer.allocate(2_000));
            TestSignals.await(
                    "what passes before it stops",
                    () -> proxy.connections().size() == 1 && proxy.connection(1).bytes(Direction.TO_SERVER) == 1_000);
            long written = first + fill(client);
            assertThat(proxy.connection(1).bytes(Direction.TO_SERVER)).isEqualTo(1_000);
            proxy.resume();
            ByteBuffer back = ByteBuffer.allocate(1 << 16);
            long[] read = new long[1];
            TestSignals.await("all that was written", () -> {
                read[0] += read(client, back);
                return read[0] == written;
            });
            assertThat(server.received()).isEqualTo(written);
        }
    }

    /** Writes until nothing more is taken for 300 ms; returns how much that was. */
    private static long fill(SocketChannel client) throws IOException {
        long written = 0;
        for (long idleSince = System.nanoTime();
                System.nanoTime() - idleSince < Duration.ofMillis(300).toNanos(); ) {
            int taken = client.write(ByteBuffer.allocate(65_536));
            if (taken > 0) {
                written += taken;
                idleSince = System.nanoTime();
            }
            assertThat(written)
                    .as("bytes that a proxy took which does not read")
                    .isLessThan(100_000_000);
        }
        return written;
    }

    private static int read(SocketChannel client, ByteBuffer back) {
        try {
            return client.read(back.clear());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 5_000})
    void cutsIntoSegmentsWithoutLoss(int max) throws Exception {
        try (Socket socket =
                connectWith(Fault.segments(Direction.TO_SERVER, max), Fault.segments(Direction.TO_CLIENT, max))) {
            assertEchoes(socket, random(20_000));
        }
    }

    @Test
    void delaysWithoutChangingTheOrder() throws Exception {
        long start = System.nanoTime();
        try (Socket socket = connectWith(
                Fault.latency(Duration.ofMillis(20), Duration.ofMillis(40)),
                Fault.segments(Direction.TO_CLIENT, 1_000),
                Fault.segments(Direction.TO_SERVER, 1_000))) {
            assertEchoes(socket, random(600_000));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(40));
    }

    @Test
    void endsAfterWhatIsStillTravelling() throws Exception {
        byte[] bytes = random(3_000);
        try (Socket socket = connectWith(
                Fault.latency(Duration.ofMillis(50), Duration.ofMillis(60)),
                Fault.cut(Moment.afterBytes(Direction.TO_CLIENT, 3_000)))) {
            socket.getOutputStream().write(bytes);
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void waitsBeforeItConnects() throws Exception {
        long start = System.nanoTime();
        try (Socket socket = connectWith(Fault.delay(Duration.ofMillis(100)))) {
            assertEchoes(socket, random(10));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void answersTheHandshakeInsteadOfTheServer() throws Exception {
        try (Socket socket = connectWith(Fault.reject(503, Duration.ofSeconds(7)))) {
            socket.getOutputStream().write("GET /x HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("Retry-After: 7\r\n", "Content-Length: ", "\r\n\r\n{\"code\"");
        }
        assertThat(server.received()).isZero();
    }

    @Test
    void answersTheHandshakeLate() throws Exception {
        long start = System.nanoTime();
        try (Socket socket = connectWith(Fault.reject(429), Fault.delay(Duration.ofMillis(100)))) {
            socket.getOutputStream().write("GET /x HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 429 ");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void endsWhileItWaitsToConnect() throws Exception {
        try (Socket socket = connectWith(Fault.delay(Duration.ofSeconds(30)))) {
            socket.getOutputStream().write(1);
            TestSignals.await("a connection", () -> proxy.openConnections() == 1);
            proxy.cutAll();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        TestSignals.await("the end of the connection", () -> proxy.openConnections() == 0);
        try (Socket second = connect()) {
            assertEchoes(second, random(10));
        }
        assertThat(server.received()).isEqualTo(10);
    }

    @Test
    void goesDownAndUpOnTheSamePort() throws Exception {
        try (Socket socket = connectWith()) {
            assertEchoes(socket, random(10));
            Endpoint before = proxy.endpoint();
            proxy.down();
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            proxy.up();
            assertThat(proxy.endpoint()).isEqualTo(before);
        }
        try (Socket second = connect()) {
            assertEchoes(second, random(10));
        }
    }

    @Test
    void actsOnAllConnectionsAtAnyTime() throws Exception {
        try (Socket socket = connectWith()) {
            assertEchoes(socket, random(10));
            proxy.stall();
            socket.getOutputStream().write(random(10));
            socket.setSoTimeout(200);
            InputStream in = socket.getInputStream();
            assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
            proxy.resume();
            socket.setSoTimeout(LIMIT_MS);
            assertThat(in.readNBytes(10)).isEqualTo(random(10));
            proxy.halfOpenAll();
            socket.getOutputStream().write(random(10));
            socket.setSoTimeout(200);
            assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.received()).isEqualTo(20);
        }
        try (Socket second = connect()) {
            assertEchoes(second, random(10));
            proxy.cutAll();
            assertThat(second.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket third = connect()) {
            assertEchoes(third, random(10));
            proxy.resetAll();
            assertThatThrownBy(() -> third.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void passesTheEndOfTheServerOn() throws Exception {
        try (Socket socket = connectWith()) {
            assertEchoes(socket, random(10));
            server.hangUp(false);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket second = connect()) {
            assertEchoes(second, random(10));
            server.hangUp(true);
            assertThatThrownBy(() -> second.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        server.close();
        try (Socket third = connect()) {
            assertThatThrownBy(() -> third.getInputStream().read())
                    .as("nothing listens behind the proxy")
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void refusesFaultsThatCannotHappen() {
        FaultProxy.Builder wss = FaultProxy.builder(Endpoint.of("wss://localhost:1/x"));
        assertThatThrownBy(() -> wss.connection(1, Fault.drop(Moment.serverEvent("x", 1))))
                .hasMessageContaining("encrypted");
        assertThatThrownBy(() -> wss.others(Fault.reset(Moment.afterFrames(Direction.TO_CLIENT, 1))))
                .hasMessageContaining("encrypted");
        wss.others(Fault.reset(Moment.afterBytes(Direction.TO_CLIENT, 1)));
        assertThatThrownBy(() -> wss.connection(0)).hasMessageContaining("number 1");
        assertThatThrownBy(() -> wss.socketBufferBytes(1)).hasMessageContaining("1024");
        assertThatThrownBy(() -> Fault.reject(99)).hasMessageContaining("200 to 599");
        assertThatThrownBy(() -> Fault.reject(401, Map.of("a", "b\r\nc"), "")).hasMessageContaining("line breaks");
        assertThatThrownBy(() -> Fault.segments(Direction.TO_CLIENT, 0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> Fault.latency(Duration.ofMillis(2), Duration.ofMillis(1)))
                .hasMessageContaining("less than");
        assertThatThrownBy(() -> Fault.send(Moment.connected(), "{}")).hasMessageContaining("afterFrames");
        assertThatThrownBy(() -> Fault.close(Moment.afterFrames(Direction.TO_CLIENT, 0), 70_000, ""))
                .hasMessageContaining("65535");
        assertThatThrownBy(() -> Fault.close(Moment.afterFrames(Direction.TO_CLIENT, 0), 1000, "x".repeat(124)))
                .hasMessageContaining("123");
        assertThatThrownBy(() -> Moment.afterBytes(Direction.TO_CLIENT, 0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> Fault.holdUntil(Moment.serverEvent("a", 1), Moment.clientEvent("b", 1)))
                .hasMessageContaining("direction");
        assertThatThrownBy(() -> Fault.fragment(Moment.serverEvent("a", 1), 1)).hasMessageContaining("at least 2");
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        try (Socket socket = connectWith()) {
            assertEchoes(socket, random(10));
        }
        proxy.close();
        TestSignals.await(
                "the end of the thread",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("qwen-asr-fault-proxy")));
    }

    @Test
    void leavesNoSocketBehind() throws Exception {
        Set<String> before = OpenSockets.now();
        for (int i = 0; i < 200; i++) {
            try (Socket socket = connectWith()) {
                socket.getOutputStream().write(i);
                // At any moment: the server may be being connected to, or answer already.
                if (i % 2 == 0) {
                    socket.getInputStream().read();
                }
                proxy.close();
            }
        }
        TestSignals.await(
                "the end of all sockets", () -> OpenSockets.since(before).isEmpty());
    }
}
