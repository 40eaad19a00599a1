package io.qwenasr.samples.webflux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** WAV files of 16 kHz mono PCM, made for tests. */
final class Wav {

    static final int BYTES_PER_SECOND = 32_000;

    private Wav() {}

    /** The header of a file of whose length its writer knew nothing. */
    static byte[] openHeader() {
        return header(0xFFFF_FFFF);
    }

    static byte[] seconds(int seconds) {
        int length = seconds * BYTES_PER_SECOND;
        return ByteBuffer.allocate(44 + length).put(header(length)).array();
    }

    private static byte[] header(int length) {
        ByteBuffer header = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
        header.put(ascii("RIFF")).putInt(length == -1 ? -1 : length + 36).put(ascii("WAVE"));
        header.put(ascii("fmt ")).putInt(16).putShort((short) 1).putShort((short) 1);
        header.putInt(16_000).putInt(BYTES_PER_SECOND).putShort((short) 2).putShort((short) 16);
        header.put(ascii("data")).putInt(length);
        return header.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
