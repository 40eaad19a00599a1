package io.qwenasr.session;

/** How large an append becomes on the wire. */
final class AppendSize {

    // {"event_id":"event_a…","type":"input_audio_buffer.append","audio":""} and the frame header.
    private static final int OVERHEAD = 90;

    private AppendSize() {}

    static long wireBytes(int audioBytes) {
        return OVERHEAD + (audioBytes + 2L) / 3 * 4;
    }
}
