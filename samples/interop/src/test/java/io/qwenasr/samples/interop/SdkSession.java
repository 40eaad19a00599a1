package io.qwenasr.samples.interop;

import com.alibaba.dashscope.audio.omni.OmniRealtimeCallback;
import com.alibaba.dashscope.audio.omni.OmniRealtimeConfig;
import com.alibaba.dashscope.audio.omni.OmniRealtimeConversation;
import com.alibaba.dashscope.audio.omni.OmniRealtimeModality;
import com.alibaba.dashscope.audio.omni.OmniRealtimeParam;
import com.alibaba.dashscope.audio.omni.OmniRealtimeTranscriptionParam;
import com.google.gson.JsonObject;
import io.qwenasr.reactor.QwenAsrClient;
import java.util.List;
import okhttp3.Response;
import okhttp3.WebSocket;

/** A conversation of the official SDK, put together as its documentation shows. */
final class SdkSession {

    private final Inbox inbox = new Inbox();
    private final OmniRealtimeConversation conversation;

    SdkSession(ServerUnderTest server, String apiKey) {
        OmniRealtimeParam param = OmniRealtimeParam.builder()
                .model(QwenAsrClient.DEFAULT_MODEL)
                .url(server.base())
                .apikey(apiKey)
                .build();
        conversation = new PatientConversation(param, new OmniRealtimeCallback() {
            @Override
            public void onEvent(JsonObject event) {
                inbox.add(event);
            }

            @Override
            public void onClose(int code, String reason) {
                inbox.closed(code);
            }
        });
    }

    /**
     * The SDK's conversation, except that it waits out a race of the SDK with itself: {@code connect()} makes the
     * latch that {@code onOpen} opens only after it has started to connect, and a loopback server can be faster;
     * the SDK then dies of a NullPointerException and {@code connect()} never returns.
     */
    private static final class PatientConversation extends OmniRealtimeConversation {

        PatientConversation(OmniRealtimeParam param, OmniRealtimeCallback callback) {
            super(param, callback);
        }

        @Override
        public void onOpen(WebSocket webSocket, Response response) {
            long deadline = System.nanoTime() + Inbox.LIMIT.toNanos();
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
    }

    static SdkSession connected(ServerUnderTest server) throws Exception {
        SdkSession session = new SdkSession(server, ServerUnderTest.KEY);
        session.conversation.connect();
        return session;
    }

    OmniRealtimeConversation conversation() {
        return conversation;
    }

    Inbox inbox() {
        return inbox;
    }

    void append(TestAudio audio, int pieceBytes) {
        audio.base64(pieceBytes).forEach(conversation::appendAudio);
    }

    static OmniRealtimeConfig vad() {
        return OmniRealtimeConfig.builder()
                .modalities(List.of(OmniRealtimeModality.TEXT))
                .enableTurnDetection(true)
                .turnDetectionType("server_vad")
                .turnDetectionThreshold(0.0f)
                .turnDetectionSilenceDurationMs(400)
                .transcriptionConfig(transcription())
                .build();
    }

    static OmniRealtimeConfig manual() {
        return OmniRealtimeConfig.builder()
                .modalities(List.of(OmniRealtimeModality.TEXT))
                .enableTurnDetection(false)
                .transcriptionConfig(transcription())
                .build();
    }

    private static OmniRealtimeTranscriptionParam transcription() {
        OmniRealtimeTranscriptionParam param = new OmniRealtimeTranscriptionParam();
        param.setLanguage("zh");
        param.setInputSampleRate(16_000);
        param.setInputAudioFormat("pcm");
        param.setCorpusText("海葵项目 <\"A&B\">");
        return param;
    }
}
