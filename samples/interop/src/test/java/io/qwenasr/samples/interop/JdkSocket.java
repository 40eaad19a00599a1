package io.qwenasr.samples.interop;

import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** {@code java.net.http.WebSocket}; it sends each message in two fragments. */
final class JdkSocket implements RawSocket, WebSocket.Listener {

    private final Inbox inbox = new Inbox();
    private final StringBuilder message = new StringBuilder();
    private final WebSocket socket;

    JdkSocket(ServerUnderTest server) throws Exception {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + ServerUnderTest.KEY)
                .header("OpenAI-Beta", "realtime=v1")
                .buildAsync(server.address(), this)
                .get(Inbox.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public void send(String json) throws Exception {
        int middle = json.length() / 2;
        socket.sendText(json.substring(0, middle), false).get(Inbox.LIMIT.toSeconds(), TimeUnit.SECONDS);
        socket.sendText(json.substring(middle), true).get(Inbox.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void sendClose() throws Exception {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(Inbox.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        socket.abort();
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        message.append(data);
        if (last) {
            inbox.add(Wire.parse(message.toString()));
            message.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        inbox.closed(statusCode);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        inbox.failed(error);
    }
}
