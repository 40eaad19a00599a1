package io.qwenasr.samples.benchmarks.jmh;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Recordings of noise in memory. */
final class WavBytes {

    private static final int HEADER = 44;
    private static final int PIECE = 16_384;

    private WavBytes() {}

    /** Returns a WAV file of 16-bit PCM. */
    static byte[] of(int seconds, int channels, int rate) {
        int data = seconds * rate * channels * Short.BYTES;
        ByteBuffer wav = ByteBuffer.allocate(HEADER + data).order(ByteOrder.LITTLE_ENDIAN);
        wav.putInt(0x46464952).putInt(HEADER - 8 + data).putInt(0x45564157);
        wav.putInt(0x20746d66).putInt(16).putShort((short) 1).putShort((short) channels);
        wav.putInt(rate).putInt(rate * channels * Short.BYTES);
        wav.putShort((short) (channels * Short.BYTES)).putShort((short) 16);
        wav.putInt(0x61746164).putInt(data);
        byte[] noise = new byte[data];
        new SplittableRandom(1).nextBytes(noise);
        return wav.put(noise).array();
    }

    /** Returns a file as it comes out of a socket. */
    static List<ByteBuffer> pieces(byte[] file) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int at = 0; at < file.length; at += PIECE) {
            pieces.add(
                    ByteBuffer.wrap(file, at, Math.min(PIECE, file.length - at)).slice());
        }
        return pieces;
    }
}
