package io.qwenasr.samples.benchmarks.peer;

import com.alibaba.dashscope.audio.omni.OmniRealtimeCallback;
import com.alibaba.dashscope.audio.omni.OmniRealtimeConfig;
import com.alibaba.dashscope.audio.omni.OmniRealtimeConversation;
import com.alibaba.dashscope.audio.omni.OmniRealtimeModality;
import com.alibaba.dashscope.audio.omni.OmniRealtimeParam;
import com.alibaba.dashscope.audio.omni.OmniRealtimeTranscriptionParam;
import com.alibaba.dashscope.protocol.ConnectionConfigurations;
import com.alibaba.dashscope.utils.Constants;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import okhttp3.Response;
import okhttp3.WebSocket;
import org.jspecify.annotations.Nullable;

/** The official DashScope SDK. */
final class DashScopePeer implements Peer {

    /** Far below the 16 MiB at which OkHttp drops messages and closes the socket. */
    private static final long QUEUE_BYTES = 1 << 20;

    static {
        // By default the 33rd session waits for ever in connect().
        Constants.connectionConfigurations = ConnectionConfigurations.builder()
                .connectionPoolSize(32)
                .maximumAsyncRequests(4_000)
                .maximumAsyncRequestsPerHost(4_000)
                .build();
    }

    private final boolean careful;

    /**
     * Chooses how audio is pulled.
     *
     * @param careful whether it waits for OkHttp's queue, which the SDK itself does not tell of
     */
    DashScopePeer(boolean careful) {
        this.careful = careful;
    }

    @Override
    public Session open(SessionPlan plan) throws Exception {
        Ready ready = new Ready(plan.listener());
        OmniRealtimeParam param = OmniRealtimeParam.builder()
                .model(Wire.MODEL)
                .url(plan.server().toString())
                .apikey(Wire.KEY)
                .build();
        PatientConversation conversation = new PatientConversation(param, new Inbound(plan.listener(), ready));
        conversation.connect();
        conversation.updateSession(OmniRealtimeConfig.builder()
                .modalities(List.of(OmniRealtimeModality.TEXT))
                .enableTurnDetection(true)
                .turnDetectionType("server_vad")
                .turnDetectionThreshold(0.0f)
                .turnDetectionSilenceDurationMs(400)
                .transcriptionConfig(transcription())
                .build());
        ready.await();
        Outbound session = new Outbound(conversation, ready);
        PcmSource source = plan.source();
        if (source != null) {
            Thread sender = new Thread(() -> sendAll(source, session, conversation), "dashscope-sender");
            sender.setDaemon(true);
            sender.start();
        }
        return session;
    }

    private void sendAll(PcmSource source, Outbound session, PatientConversation conversation) {
        for (ByteBuffer pcm = source.next(); pcm != null; pcm = source.next()) {
            if (!session.offer(pcm)) {
                return;
            }
            if (careful && conversation.queued() > QUEUE_BYTES) {
                while (conversation.queued() > QUEUE_BYTES / 2) {
                    LockSupport.parkNanos(500_000);
                }
            }
        }
        session.finish();
    }

    private static OmniRealtimeTranscriptionParam transcription() {
        OmniRealtimeTranscriptionParam param = new OmniRealtimeTranscriptionParam();
        param.setInputSampleRate(16_000);
        param.setInputAudioFormat("pcm");
        return param;
    }

    private static final class Inbound extends OmniRealtimeCallback {

        private final SessionListener listener;
        private final Ready ready;

        Inbound(SessionListener listener, Ready ready) {
            this.listener = listener;
            this.ready = ready;
        }

        @Override
        public void onEvent(JsonObject event) {
            switch (event.get("type").getAsString()) {
                case Wire.PARTIAL -> listener.onPartial(event.get("text").getAsString());
                case Wire.UPDATED -> ready.onReady();
                default -> {}
            }
        }

        @Override
        public void onClose(int code, String reason) {
            ready.onEnd(code == 1000 ? null : new IllegalStateException("closed: " + code + " " + reason));
        }
    }

    private record Outbound(PatientConversation conversation, Ready ready) implements Session {

        @Override
        public boolean offer(ByteBuffer pcm) {
            try {
                conversation.appendAudio(Base64.getEncoder().encodeToString(Audio.bytes(pcm)));
                return true;
            } catch (RuntimeException closed) {
                ready.onEnd(closed);
                return false;
            }
        }

        /** {@code endSession} blocks until the server has finished, then closes the socket. */
        @Override
        public void finish() {
            Thread ending = new Thread(
                    () -> {
                        try {
                            conversation.endSession(60);
                            ready.onEnd(null);
                        } catch (InterruptedException | RuntimeException e) {
                            ready.onEnd(e);
                        }
                    },
                    "dashscope-end");
            ending.setDaemon(true);
            ending.start();
        }

        @Override
        public void abort() {
            conversation.drop();
        }
    }

    /**
     * The SDK's conversation, except that it waits out a race of the SDK with itself: {@code connect()} makes the
     * latch that {@code onOpen} opens only after it has started to connect, and a loopback server can be faster.
     */
    private static final class PatientConversation extends OmniRealtimeConversation {

        private volatile @Nullable WebSocket socket;

        PatientConversation(OmniRealtimeParam param, OmniRealtimeCallback callback) {
            super(param, callback);
        }

        @Override
        public void onOpen(WebSocket webSocket, Response response) {
            socket = webSocket;
            long deadline = System.nanoTime() + Ready.LIMIT.toNanos();
            while (true) {
                try {
                    super.onOpen(webSocket, response);
                    return;
                } catch (NullPointerException noLatchYet) {
                    if (System.nanoTime() - deadline > 0) {
                        throw noLatchYet;
                    }
                    Thread.onSpinWait();
                }
            }
        }

        long queued() {
            WebSocket open = socket;
            return open == null ? 0 : open.queueSize();
        }

        void drop() {
            WebSocket open = socket;
            if (open != null) {
                open.cancel();
            }
        }
    }
}
