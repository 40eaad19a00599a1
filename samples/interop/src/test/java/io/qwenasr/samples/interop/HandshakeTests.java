package io.qwenasr.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients that are not ours see of the handshake. */
class HandshakeTests {

    @RegisterExtension
    final ServerUnderTest server = new ServerUnderTest();

    @Test
    void doesNotNegotiateCompression() throws Exception {
        try (OkHttpSocket socket = new OkHttpSocket(server)) {
            Response handshake = socket.handshake();
            assertThat(handshake.request().header("Sec-WebSocket-Extensions")).contains("permessage-deflate");
            assertThat(handshake.headers("Sec-WebSocket-Extensions")).isEmpty();
            assertThat(handshake.headers("Sec-WebSocket-Protocol")).isEmpty();
        }
    }

    @Test
    void answers401ToAWrongKey() {
        CompletableFuture<WebSocket> attempt = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer sk-wrong")
                .buildAsync(server.address(), new WebSocket.Listener() {});
        assertThatThrownBy(() -> attempt.get(Inbox.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(401));
        assertThat(server.openSessions()).isZero();
    }

    @Test
    void answers401WithoutAKey() throws Exception {
        OkHttpClient client = new OkHttpClient();
        Request request = new Request.Builder()
                .url("http" + server.address().toString().substring("ws".length()))
                .header("Connection", "Upgrade")
                .header("Upgrade", "websocket")
                .header("Sec-WebSocket-Version", "13")
                .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
                .build();
        try (Response response = client.newCall(request).execute()) {
            assertThat(response.code()).isEqualTo(401);
            assertThat(response.header("Content-Type")).isEqualTo("application/json");
            JsonObject body = Wire.parse(response.body().string());
            assertThat(Wire.string(body, "code")).isEqualTo("InvalidApiKey");
            assertThat(Wire.string(body, "message")).isNotEmpty();
            assertThat(Wire.string(body, "request_id")).isNotEmpty();
        } finally {
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
    }
}
