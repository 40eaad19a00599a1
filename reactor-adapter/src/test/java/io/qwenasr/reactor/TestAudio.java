package io.qwenasr.reactor;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Small audio files, made in memory. */
final class TestAudio {

    static final int PCM = 1;
    static final int FLOAT = 3;
    static final int A_LAW = 6;
    static final int MU_LAW = 7;
    static final int MP3 = 0x55;

    private static final double TONE_HZ = 440;
    private static final double TONE_LEVEL = 0.5;

    private TestAudio() {}

    /** The tone of every file here, as it should be heard at any rate. */
    static double tone(int sample, int rate) {
        return TONE_LEVEL * Math.sin(2 * Math.PI * TONE_HZ * sample / rate);
    }

    /** Interleaved samples of the tone: channel c is the tone plus or minus an offset that the average cancels. */
    static byte[] samples(int tag, int bits, int channels, int rate, int frames, ByteOrder order) {
        ByteBuffer bytes = ByteBuffer.allocate(frames * channels * bits / 8).order(order);
        for (int frame = 0; frame < frames; frame++) {
            for (int channel = 0; channel < channels; channel++) {
                double offset = (channel - (channels - 1) / 2.0) * 0.01;
                put(bytes, tag, bits, tone(frame, rate) + offset);
            }
        }
        return bytes.array();
    }

    private static void put(ByteBuffer bytes, int tag, int bits, double value) {
        if (tag == FLOAT) {
            bytes.putFloat((float) value);
        } else if (tag == MU_LAW || tag == A_LAW) {
            bytes.put(companded(tag, value));
        } else if (bits == 8) {
            bytes.put((byte) Math.round(value * 127 + 128));
        } else if (bits == 16) {
            bytes.putShort((short) Math.round(value * 32767));
        } else if (bits == 24) {
            int wide = (int) Math.round(value * 8388607);
            boolean little = bytes.order() == ByteOrder.LITTLE_ENDIAN;
            bytes.put((byte) (little ? wide : wide >> 16))
                    .put((byte) (wide >> 8))
                    .put((byte) (little ? wide >> 16 : wide));
        } else {
            bytes.putInt((int) Math.round(value * 2147483647.0));
        }
    }

    private static byte companded(int tag, double value) {
        AudioFormat linear = new AudioFormat(8_000, 16, 1, true, false);
        short sample = (short) Math.round(value * 32767);
        byte[] bytes = {(byte) sample, (byte) (sample >> 8)};
        AudioInputStream in = new AudioInputStream(new ByteArrayInputStream(bytes), linear, 1);
        AudioFormat.Encoding encoding = tag == MU_LAW ? AudioFormat.Encoding.ULAW : AudioFormat.Encoding.ALAW;
        try {
            return AudioSystem.getAudioInputStream(encoding, in).readAllBytes()[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A WAV with the tone. */
    static byte[] wav(int tag, int bits, int channels, int rate, int frames) {
        byte[] data = samples(tag, bits, channels, rate, frames, ByteOrder.LITTLE_ENDIAN);
        return wav(36L + data.length, data.length, tag, bits, channels, rate, data);
    }

    /** A WAV whose header says what it is told to. */
    static byte[] wav(long riffSize, long dataSize, int tag, int bits, int channels, int rate, byte[] data) {
        return wav(ByteOrder.LITTLE_ENDIAN, riffSize, dataSize, tag, bits, channels, rate, data);
    }

    /** A WAV with its numbers the other way round. */
    static byte[] rifx(int tag, int bits, int channels, int rate, byte[] data) {
        return wav(ByteOrder.BIG_ENDIAN, 36L + data.length, data.length, tag, bits, channels, rate, data);
    }

    private static byte[] wav(
            ByteOrder order, long riffSize, long dataSize, int tag, int bits, int channels, int rate, byte[] data) {
        ByteBuffer bytes = ByteBuffer.allocate(44 + data.length).order(order);
        int frameBytes = channels * bits / 8;
        bytes.put(ascii(magic(order))).putInt((int) riffSize).put(ascii("WAVE"));
        bytes.put(ascii("fmt "))
                .putInt(16)
                .putShort((short) tag)
                .putShort((short) channels)
                .putInt(rate);
        bytes.putInt(rate * frameBytes).putShort((short) frameBytes).putShort((short) bits);
        bytes.put(ascii("data")).putInt((int) dataSize).put(data);
        return bytes.array();
    }

    /** An AIFF or AU with the tone, big-endian as the kind of file wants. */
    static byte[] bigEndian(AudioFileFormat.Type type, int bits, int channels, int rate, int frames) {
        return bigEndian(type, bits, channels, rate, samples(PCM, bits, channels, rate, frames, ByteOrder.BIG_ENDIAN));
    }

    /** An AIFF or AU as the JDK writes it. */
    static byte[] bigEndian(AudioFileFormat.Type type, int bits, int channels, int rate, byte[] data) {
        AudioFormat format = new AudioFormat(rate, bits, channels, true, true);
        long frames = data.length / format.getFrameSize();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            AudioSystem.write(new AudioInputStream(new ByteArrayInputStream(data), format, frames), type, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A WAV with a header that is right for the data. */
    static byte[] wav(int tag, int bits, int channels, int rate, byte[] data) {
        return wav(36L + data.length, data.length, tag, bits, channels, rate, data);
    }

    /** A WAV whose format says the tag in the long way. */
    static byte[] extensibleWav(int tag, int bits, int channels, int rate, byte[] data) {
        return extensible(ByteOrder.LITTLE_ENDIAN, tag, bits, channels, rate, data);
    }

    static byte[] extensibleRifx(int tag, int bits, int channels, int rate, byte[] data) {
        return extensible(ByteOrder.BIG_ENDIAN, tag, bits, channels, rate, data);
    }

    private static String magic(ByteOrder order) {
        return order == ByteOrder.LITTLE_ENDIAN ? "RIFF" : "RIFX";
    }

    private static byte[] extensible(ByteOrder order, int tag, int bits, int channels, int rate, byte[] data) {
        ByteBuffer bytes = ByteBuffer.allocate(68 + data.length).order(order);
        int frameBytes = channels * ((bits + 7) / 8);
        bytes.put(ascii(magic(order))).putInt(60 + data.length).put(ascii("WAVE"));
        bytes.put(ascii("fmt "))
                .putInt(40)
                .putShort((short) 0xFFFE)
                .putShort((short) channels)
                .putInt(rate);
        bytes.putInt(rate * frameBytes).putShort((short) frameBytes).putShort((short) (frameBytes / channels * 8));
        bytes.putShort((short) 22).putShort((short) bits).putInt(0);
        bytes.putInt(tag).putShort((short) 0).putShort((short) 0x10);
        bytes.put(new byte[] {(byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71});
        bytes.put(ascii("data")).putInt(data.length).put(data);
        return bytes.array();
    }

    /** An AIFF-C with the coding that is named. */
    static byte[] aifc(String compression, int bits, int channels, int rate, byte[] data) {
        ByteBuffer bytes = ByteBuffer.allocate(12 + 32 + 16 + data.length);
        bytes.put(ascii("FORM")).putInt(52 + data.length).put(ascii("AIFC"));
        bytes.put(ascii("COMM")).putInt(24).putShort((short) channels).putInt(0).putShort((short) bits);
        int shift = Long.numberOfLeadingZeros(rate);
        bytes.putShort((short) (16_383 + 63 - shift)).putLong((long) rate << shift);
        bytes.put(ascii(compression)).putShort((short) 0);
        bytes.put(ascii("SSND")).putInt(8 + data.length).putLong(0).put(data);
        return bytes.array();
    }

    /** An AU with a note in its header. */
    static byte[] au(int encoding, int channels, int rate, byte[] data) {
        ByteBuffer bytes = ByteBuffer.allocate(32 + data.length);
        bytes.put(ascii(".snd"))
                .putInt(32)
                .putInt(data.length)
                .putInt(encoding)
                .putInt(rate)
                .putInt(channels);
        return bytes.put(ascii("a note\0\0")).put(data).array();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] join(List<ByteBuffer> chunks) {
        ByteBuffer all = ByteBuffer.allocate(
                chunks.stream().mapToInt(ByteBuffer::remaining).sum());
        chunks.forEach(chunk -> all.put(chunk.duplicate()));
        return all.array();
    }

    static short[] shorts(List<ByteBuffer> chunks) {
        byte[] bytes = join(chunks);
        short[] samples = new short[bytes.length / 2];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
        return samples;
    }
}
