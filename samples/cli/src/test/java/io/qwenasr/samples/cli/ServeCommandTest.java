package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.samples.cli.CliRun.Result;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

class ServeCommandTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private static String uri(CliRun serving) {
        String line =
                serving.awaitOut(out -> out.contains("\n")).lines().findFirst().orElseThrow();
        assertThat(line).matches("listening on wss?://[^/]+:\\d+/api-ws/v1/realtime");
        return line.substring("listening on ".length());
    }

    private static Result stop(CliRun serving) {
        serving.interrupts().signal(ExitCode.TERMINATED);
        return serving.await();
    }

    @Test
    void servesUntilItIsTerminated() throws Exception {
        String speech = TestAudio.file(folder, "a.wav", 2, TestAudio.TONE).toString();
        boolean[] released = new boolean[1];
        CliRun serving = new CliRun()
                .engines((model, progress) -> new EngineLoader.Engine(new SpeakingClock(), () -> released[0] = true))
                .start("serve");
        String uri = uri(serving);
        assertThat(uri).startsWith("ws://127.0.0.1:");
        Result result = new CliRun().run("transcribe", speech, "--speed", "max", "--endpoint", uri);
        assertThat(result.outLines()).containsExactly("second 1", "second 2");
        Result served = stop(serving);
        assertThat(served.code()).isZero();
        assertThat(served.outLines()).hasSize(1);
        assertThat(served.errLines()).singleElement().asString().startsWith("qwen-asr: stopping");
        assertThat(released[0]).isTrue();
        assertThat(new CliRun().run("transcribe", speech, "--endpoint", uri).code())
                .isEqualTo(ExitCode.NOT_CONNECTED.code());
    }

    @Test
    void transcribesWhatWasSentBeforeItStops() throws Exception {
        String speech = TestAudio.file(folder, "long.wav", 600, TestAudio.TONE).toString();
        CliRun serving = new CliRun().start("serve");
        CliRun client =
                new CliRun().start("transcribe", speech, "--speed", "20", "--no-resume", "--endpoint", uri(serving));
        client.awaitOut(out -> out.contains("second 1"));
        Result served = stop(serving);
        assertThat(served.code()).isZero();
        assertThat(served.err()).contains("bringing sessions to an end: 1");
        Result result = client.await();
        assertThat(result.code()).isEqualTo(ExitCode.CONNECTION_LOST.code());
        assertThat(result.errLines()).last().asString().contains("1001");
    }

    @Test
    void admitsOnlyTheKeysOfItsFile() throws Exception {
        String speech = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE).toString();
        Path keys = Files.writeString(folder.resolve("keys"), "# Ann\nsk-ann\n\n  sk-bob  \n# sk-eve\n");
        CliRun serving = new CliRun().start("serve", "--api-key-file", keys.toString());
        String uri = uri(serving);
        for (String key : new String[] {"sk-ann", "sk-bob", "sk-eve", "#"}) {
            Result result = new CliRun()
                    .environment("DASHSCOPE_API_KEY", key)
                    .run("transcribe", speech, "--speed", "max", "--endpoint", uri);
            boolean known = key.equals("sk-ann") || key.equals("sk-bob");
            assertThat(result.code()).as(key).isEqualTo((known ? ExitCode.OK : ExitCode.KEY_REJECTED).code());
        }
        assertThat(stop(serving).err()).doesNotContain("warning");
    }

    @Test
    void warnsOfAnOpenServer() {
        CliRun serving = new CliRun().start("serve", "--host", "0.0.0.0");
        assertThat(uri(serving)).startsWith("ws://127.0.0.1:");
        assertThat(stop(serving).errLines())
                .first()
                .isEqualTo("qwen-asr: warning: whoever reaches 0.0.0.0 can use this server, since there is no"
                        + " --api-key-file");
    }

    @Test
    void servesWithTls() throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path cert = Files.writeString(folder.resolve("cert.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
        CliRun serving = new CliRun()
                .start("serve", "--host", "localhost", "--tls-cert", cert.toString(), "--tls-key", key.toString());
        String uri = uri(serving);
        assertThat(uri).startsWith("wss://localhost:");
        HttpClient trusting = HttpClient.newConnection().secure(spec -> {
            try {
                spec.sslContext(SslContextBuilder.forClient()
                        .trustManager(bundle.getCertificate())
                        .build());
            } catch (SSLException e) {
                throw new AssertionError(e);
            }
        });
        QwenAsrClient client =
                QwenAsrClient.builder(Endpoint.of(uri)).httpClient(trusting).build();
        Flux<ByteBuffer> audio = Flux.just(ByteBuffer.wrap(TestAudio.pcm(1, 16_000, TestAudio.TONE)));
        assertThat(client.transcribe(audio).ofType(Final.class).collectList().block(LIMIT))
                .singleElement()
                .matches(end -> end.transcript().equals("second 1"));

        String speech = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE).toString();
        Result untrusting = new CliRun().run("transcribe", speech, "--endpoint", uri);
        assertThat(untrusting.code()).isEqualTo(ExitCode.NOT_CONNECTED.code());
        assertThat(untrusting.errLines()).singleElement().asString().contains("TLS with " + uri + " failed");
        stop(serving);
    }

    @Test
    void refusesFilesThatAreNoCertificate() throws Exception {
        String file = Files.writeString(folder.resolve("cert.pem"), "nothing of the kind")
                .toString();
        Result bad = new CliRun().run("serve", "--tls-cert", file, "--tls-key", file);
        assertThat(bad.code()).isEqualTo(ExitCode.TLS_UNUSABLE.code());
        assertThat(bad.errLines()).singleElement().asString().contains(file);
        Result missing = new CliRun().run("serve", "--tls-cert", file, "--tls-key", folder + "/no.pem");
        assertThat(missing.code()).isEqualTo(ExitCode.TLS_UNUSABLE.code());
        assertThat(missing.errLines()).singleElement().asString().contains("no readable private key file");
    }

    @Test
    void tellsThatThePortIsTaken() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Result result = new CliRun().run("serve", "--port", Integer.toString(socket.getLocalPort()));
            assertThat(result.code()).isEqualTo(ExitCode.CANNOT_LISTEN.code());
            assertThat(result.errLines())
                    .singleElement()
                    .asString()
                    .contains("cannot listen on 127.0.0.1 port " + socket.getLocalPort(), "in use");
        }
    }

    @Test
    void tellsThatTheHostIsNotHere() {
        Result result = new CliRun().run("serve", "--host", "no-such-host.invalid");
        assertThat(result.code()).isEqualTo(ExitCode.CANNOT_LISTEN.code());
        assertThat(result.errLines()).singleElement().asString().contains("no-such-host.invalid", "unknown host");
    }

    @Test
    void refusesAKeyFileWithoutKeys() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "# none yet\n\n");
        Result result = new CliRun().run("serve", "--api-key-file", keys.toString());
        assertThat(result.code()).isEqualTo(ExitCode.KEY_UNUSABLE.code());
        assertThat(result.errLines()).singleElement().asString().contains("holds no key");
    }

    @Test
    void showsItsSessionsOnATerminal() throws Exception {
        String speech = TestAudio.file(folder, "a.wav", 2, TestAudio.TONE).toString();
        ScreenModel screen = new ScreenModel(80);
        CliRun serving =
                new CliRun().terminal(new FixedTerminal(80)).out(screen).start("serve");
        screen.await(rows -> rows.size() >= 2);
        String uri = screen.rows().get(0).substring("listening on ".length());
        assertThat(new CliRun()
                        .run("transcribe", speech, "--speed", "max", "--endpoint", uri)
                        .code())
                .isZero();
        screen.await(rows -> rows.stream().anyMatch(row -> row.matches(" +1  .*2\\.0 S +2  ENDED +SECOND 2")));
        assertThat(screen.rows().get(1)).isEqualTo("sessions: 0 open, 1 ended, 0 failed; 2.0 s of audio");
        assertThat(stop(serving).code()).isZero();
        // The session has ended; its connection may still be on its way out.
        assertThat(screen.rows())
                .satisfiesExactly(
                        row -> assertThat(row).isEqualTo("listening on " + uri),
                        row -> assertThat(row).matches("qwen-asr: stopping(; bringing sessions to an end: 1)?"),
                        row -> assertThat(row).isEqualTo("sessions: 0 open, 1 ended, 0 failed; 2.0 s of audio"));
    }

    @Test
    void printsNoControlCharacterElsewhere() throws Exception {
        String speech = TestAudio.file(folder, "a.wav", 2, TestAudio.TONE).toString();
        CliRun serving = new CliRun().start("serve");
        new CliRun().run("transcribe", speech, "--speed", "max", "--endpoint", uri(serving));
        Result served = stop(serving);
        assertThat((served.out() + served.err()).replaceAll("\\R", "")).doesNotContainPattern("\\p{Cc}");
        assertThat(served.outLines()).hasSize(1);
    }
}
