package io.qwenasr.samples.webflux;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What a browser is to the application: the page's WebSocket, with an origin. */
final class PageClient implements WebSocket.Listener {

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, Object>> EVENT = new TypeReference<>() {};

    private final List<Map<String, Object>> events = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private WebSocket socket;

    private PageClient() {}

    static PageClient connect(HttpClient http, TestApp app, String query) {
        return connect(http, app, query, app.http("").toString());
    }

    static PageClient connect(HttpClient http, TestApp app, String query, String origin) {
        PageClient client = new PageClient();
        client.socket = http.newWebSocketBuilder()
                .header("Origin", origin)
                .buildAsync(URI.create(app.ws("/ws/transcriptions") + query), client)
                .orTimeout(TestApp.LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
        return client;
    }

    PageClient audio(int bytes) {
        return send(ByteBuffer.allocate(bytes));
    }

    PageClient send(ByteBuffer bytes) {
        return sent(socket.sendBinary(bytes, true));
    }

    PageClient command(String command) {
        return sent(socket.sendText(command, true));
    }

    /** As in a browser, what is sent after the server has closed goes nowhere. */
    private PageClient sent(CompletableFuture<WebSocket> sending) {
        try {
            sending.orTimeout(TestApp.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (!socket.isOutputClosed()) {
                throw e;
            }
        }
        return this;
    }

    /** Goes as a browser that crashes: without a Close. */
    void vanish() {
        socket.abort();
    }

    /** Goes as a page that is closed. */
    void leave() {
        socket.sendClose(1001, "").join();
    }

    Map<String, Object> await(String type) {
        Await.until(type + " among " + types(), () -> !all(type).isEmpty() || closed.isDone());
        List<Map<String, Object>> found = all(type);
        if (found.isEmpty()) {
            throw new AssertionError("closed without " + type + ": " + events());
        }
        return found.get(0);
    }

    int awaitClose() {
        return closed.orTimeout(TestApp.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    List<Map<String, Object>> all(String type) {
        return events().stream().filter(event -> type.equals(event.get("type"))).toList();
    }

    List<String> types() {
        return events().stream().map(event -> String.valueOf(event.get("type"))).toList();
    }

    private synchronized List<Map<String, Object>> events() {
        return List.copyOf(events);
    }

    @Override
    public synchronized CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            events.add(JSON.readValue(text.toString(), EVENT));
            text.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.completeExceptionally(error);
    }
}
