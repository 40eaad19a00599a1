package io.qwenasr.samples.benchmarks.peer;

import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The protocol by hand on {@code java.net.http.WebSocket}, with Jackson records. */
final class JdkPeer implements Peer {

    private final JsonMapper json = JsonMapper.builder().build();
    private final HttpClient client = HttpClient.newHttpClient();

    @Override
    public Session open(SessionPlan plan) throws Exception {
        Ready ready = new Ready(plan.listener());
        WebSocket socket = client.newWebSocketBuilder()
                .header("Authorization", "Bearer " + Wire.KEY)
                .buildAsync(plan.withModel(), new Inbound(plan.listener(), ready))
                .get(Ready.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        Outbound session = new Outbound(socket);
        session.send(Wire.update());
        ready.await();
        PcmSource source = plan.source();
        if (source != null) {
            Thread sender = new Thread(() -> session.sendAll(source, ready), "jdk-sender");
            sender.setDaemon(true);
            sender.start();
        }
        return session;
    }

    private final class Inbound implements WebSocket.Listener {

        private final StringBuilder message = new StringBuilder();
        private final SessionListener listener;
        private final Ready ready;

        Inbound(SessionListener listener, Ready ready) {
            this.listener = listener;
            this.ready = ready;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                Wire.ServerMessage event = json.readValue(message.toString(), Wire.ServerMessage.class);
                message.setLength(0);
                switch (event.type()) {
                    case Wire.PARTIAL -> listener.onPartial(event.text() == null ? "" : event.text());
                    case Wire.UPDATED -> ready.onReady();
                    case Wire.FINISHED -> {
                        socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
                        ready.onEnd(null);
                    }
                    default -> {}
                }
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            ready.onEnd(new IllegalStateException("closed by the server: " + code + " " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            ready.onEnd(error);
        }
    }

    private final class Outbound implements Session {

        private final WebSocket socket;
        private CompletableFuture<WebSocket> last;
        private long numbers;

        Outbound(WebSocket socket) {
            this.socket = socket;
            this.last = CompletableFuture.completedFuture(socket);
        }

        /** The socket takes one message at a time: the next one waits for the one before. */
        private synchronized CompletableFuture<WebSocket> send(Object event) {
            String text = json.writeValueAsString(event);
            last = last.isDone() && !last.isCompletedExceptionally()
                    ? socket.sendText(text, true)
                    : last.thenCompose(done -> socket.sendText(text, true));
            return last;
        }

        void sendAll(PcmSource source, Ready ready) {
            try {
                for (ByteBuffer pcm = source.next(); pcm != null; pcm = source.next()) {
                    send(Wire.append(++numbers, Audio.bytes(pcm))).join();
                }
                finish();
            } catch (RuntimeException e) {
                ready.onEnd(e);
            }
        }

        @Override
        public boolean offer(ByteBuffer pcm) {
            CompletableFuture<WebSocket> sent = send(Wire.append(++numbers, Audio.bytes(pcm)));
            return !sent.isCompletedExceptionally();
        }

        @Override
        public void finish() {
            send(Wire.finish());
        }

        @Override
        public void abort() {
            socket.abort();
        }
    }
}
