package io.qwenasr.samples.interop;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** 16 kHz PCM made for the tests: noise for speech, digital silence between. */
final class TestAudio {

    private static final int BYTES_PER_MILLISECOND = 32;

    private final byte[] bytes;

    private TestAudio(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Two utterances: one that silence ends, one that goes on to the end of the audio. */
    static TestAudio twoUtterances() {
        return silence(300)
                .then(speech(1, 1_270))
                .then(silence(1_000))
                .then(speech(2, 730))
                .then(silence(50));
    }

    static TestAudio speech(int seed, int millis) {
        byte[] noise = new byte[size(millis)];
        new Random(seed).nextBytes(noise);
        for (int i = 0; i < noise.length; i += 2) {
            noise[i] |= 1;
        }
        return new TestAudio(noise);
    }

    static TestAudio silence(int millis) {
        return new TestAudio(new byte[size(millis)]);
    }

    static TestAudio of(List<byte[]> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return new TestAudio(all.toByteArray());
    }

    private static int size(int millis) {
        return millis * BYTES_PER_MILLISECOND;
    }

    TestAudio then(TestAudio next) {
        return of(List.of(bytes, next.bytes));
    }

    int size() {
        return bytes.length;
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** Cuts the audio and encodes each piece, as the users of an SDK do. */
    List<String> base64(int pieceBytes) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += pieceBytes) {
            ByteBuffer piece = ByteBuffer.wrap(bytes, from, Math.min(pieceBytes, bytes.length - from));
            byte[] copy = new byte[piece.remaining()];
            piece.get(copy);
            pieces.add(Base64.getEncoder().encodeToString(copy));
        }
        return pieces;
    }
}
