package io.qwenasr.samples.interop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;

/** OkHttp, as the official SDK brings it; it offers permessage-deflate in every handshake. */
final class OkHttpSocket extends WebSocketListener implements RawSocket {

    private final Inbox inbox = new Inbox();
    private final OkHttpClient client = new OkHttpClient();
    private final CompletableFuture<Response> opened = new CompletableFuture<>();
    private final WebSocket socket;
    private final Response handshake;

    OkHttpSocket(ServerUnderTest server) throws Exception {
        Request request = new Request.Builder()
                .url(server.address().toString())
                .header("Authorization", "Bearer " + ServerUnderTest.KEY)
                .build();
        socket = client.newWebSocket(request, this);
        handshake = opened.get(Inbox.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public void send(String json) {
        socket.send(json);
    }

    @Override
    public void sendClose() {
        socket.close(1000, "");
    }

    /** Returns the answer to the handshake, with the request as it was sent. */
    Response handshake() {
        return handshake;
    }

    @Override
    public void close() {
        socket.cancel();
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    @Override
    public void onOpen(WebSocket webSocket, Response response) {
        opened.complete(response);
    }

    @Override
    public void onMessage(WebSocket webSocket, String text) {
        inbox.add(Wire.parse(text));
    }

    @Override
    public void onClosing(WebSocket webSocket, int code, String reason) {
        webSocket.close(code, reason);
    }

    @Override
    public void onClosed(WebSocket webSocket, int code, String reason) {
        inbox.closed(code);
    }

    @Override
    public void onFailure(WebSocket webSocket, Throwable t, Response response) {
        opened.completeExceptionally(t);
        inbox.failed(t);
    }
}
