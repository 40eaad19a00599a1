package io.qwenasr.samples.benchmarks.sink;

/** The server's side of the protocol, as far as clients insist on it. */
final class Messages {

    private static final String SESSION = """
            "session":{"id":"sess_benchmark","object":"realtime.session","model":"qwen3-asr-flash-realtime",\
            "modalities":["text"],"input_audio_format":"pcm","sample_rate":16000,"input_audio_transcription":null,\
            "turn_detection":{"type":"server_vad","threshold":0.0,"silence_duration_ms":400}}}""";

    static final String CREATED = "{\"event_id\":\"event_s1\",\"type\":\"session.created\"," + SESSION;

    static final String UPDATED = "{\"event_id\":\"event_s2\",\"type\":\"session.updated\"," + SESSION;

    static final String UPDATED_MANUAL =
            UPDATED.replaceFirst("\"turn_detection\":\\{[^}]*\\}", "\"turn_detection\":null");

    static final String FINISHED = "{\"event_id\":\"event_s9\",\"type\":\"session.finished\"}";

    private Messages() {}

    static String partial(int item, long text) {
        return "{\"event_id\":\"event_Qq3Rr4Ss5Tt6Uu7Vv8Ww9\","
                + "\"type\":\"conversation.item.input_audio_transcription.text\",\"item_id\":\"item_"
                + item
                + "\",\"content_index\":0,\"language\":\"zh\",\"emotion\":\"neutral\",\"text\":\""
                + text
                + "\",\"stash\":\"\u518d\u8fc7\u4e00\u904d\u3002\"}";
    }

    static String committed(int item) {
        return "{\"event_id\":\"event_s3\",\"type\":\"input_audio_buffer.committed\",\"previous_item_id\":\"\","
                + "\"item_id\":\"item_"
                + item
                + "\"}";
    }

    static String completed(int item) {
        return "{\"event_id\":\"event_s4\",\"type\":\"conversation.item.input_audio_transcription.completed\","
                + "\"item_id\":\"item_"
                + item
                + "\",\"content_index\":0,\"language\":\"zh\",\"emotion\":\"neutral\",\"transcript\":\"\"}";
    }
}
