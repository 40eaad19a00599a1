package io.qwenasr.samples.webflux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.util.unit.DataSize;

class HostsTest {

    private static Hosts on(String address) throws UnknownHostException {
        ServerProperties server = new ServerProperties();
        server.setAddress(InetAddress.getByName(address));
        return new Hosts(
                server,
                new CaptionsProperties(
                        DataSize.ofMegabytes(1),
                        1,
                        1,
                        Duration.ofSeconds(1),
                        List.of("https://captions.example.org"),
                        List.of(),
                        null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:8080", "LOCALHOST", "127.0.0.1:1", "[::1]:8080", "captions.example.org"})
    void namesOfThisMachineAndAllowedSitesPass(String host) throws UnknownHostException {
        assertThat(on("127.0.0.1").allows(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example:80", ""})
    void aSiteWhoseNameResolvesToThisMachineDoesNot(String host) throws UnknownHostException {
        assertThat(on("127.0.0.1").allows(host)).isFalse();
    }

    @Test
    void onAnotherAddressAnyNamePasses() throws UnknownHostException {
        assertThat(on("0.0.0.0").allows("anything.example")).isTrue();
    }

    @Test
    void thePageAndTheGatewayAreNotThereForOtherNames() throws Exception {
        try (TestApp app = TestApp.start(ScriptedTranscriber.finals("never"))) {
            for (String path : List.of("/", "/ws/transcriptions", Endpoint.PATH)) {
                assertThat(statusLine(app, path, "evil.example")).as(path).startsWith("HTTP/1.1 421");
            }
            assertThat(statusLine(app, "/", "localhost:" + app.port())).startsWith("HTTP/1.1 200");
        }
    }

    private static String statusLine(TestApp app, String path, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), app.port())) {
            socket.setSoTimeout((int) TestApp.LIMIT.toMillis());
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
        }
    }
}
