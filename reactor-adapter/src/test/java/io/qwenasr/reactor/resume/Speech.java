package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.reactor.test.ScriptedSession;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import reactor.core.publisher.Flux;

/** Audio made up: speech, for the scripted detector, is what is not zero. */
final class Speech {

    private final AudioFormat format;
    private final Random random;
    private final ByteArrayOutputStream audio = new ByteArrayOutputStream();

    Speech(AudioFormat format, Random random) {
        this.format = format;
        this.random = random;
    }

    /** Positions on the wire are whole milliseconds, so the audio of one would be heard again otherwise. */
    Speech say(int millis) {
        byte[] noise = new byte[bytes(millis)];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (1 + random.nextInt(100));
        }
        audio.writeBytes(noise);
        return this;
    }

    Speech pause(int millis) {
        audio.writeBytes(new byte[bytes(millis)]);
        return this;
    }

    /** Says something, over and over. */
    Speech talk(int millis, int longest, int longestPause) {
        int end = audio.size() + bytes(millis);
        while (audio.size() < end) {
            say(200 + random.nextInt(longest)).pause(400 + random.nextInt(longestPause));
        }
        return this;
    }

    byte[] audio() {
        return audio.toByteArray();
    }

    private int bytes(int millis) {
        return (int) format.bytesIn(Duration.ofMillis(millis));
    }

    /** Cuts audio into chunks of any length. */
    static Flux<ByteBuffer> chunks(byte[] audio, Random random, int longest) {
        List<ByteBuffer> chunks = new ArrayList<>();
        for (int at = 0; at < audio.length; ) {
            int length = Math.min(audio.length - at, 1 + random.nextInt(longest));
            chunks.add(ByteBuffer.wrap(audio, at, length).slice());
            at += length;
        }
        return Flux.fromIterable(chunks);
    }

    /** What was said, and where. */
    record Said(String text, Duration start, Duration end) {
        static List<Said> in(List<TranscriptionEvent> events) {
            return events.stream()
                    .filter(Final.class::isInstance)
                    .map(Final.class::cast)
                    .map(f -> new Said(f.transcript(), f.start(), f.end()))
                    .toList();
        }
    }

    /** Puts together by offset what the sessions heard: tells of each byte of the source whether one of them did. */
    static boolean[] heard(byte[] audio, List<ScriptedSession> sessions) {
        boolean[] heard = new boolean[audio.length];
        for (ScriptedSession session : sessions) {
            ByteArrayOutputStream part = new ByteArrayOutputStream();
            for (AudioSignal signal : session.signals()) {
                if (signal instanceof AudioSignal.Chunk chunk) {
                    byte[] bytes = new byte[chunk.audio().remaining()];
                    chunk.audio().duplicate().get(bytes);
                    part.writeBytes(bytes);
                } else {
                    // Behind a gap or a commit it may go on elsewhere.
                    mark(heard, audio, part.toByteArray());
                    part.reset();
                }
            }
            mark(heard, audio, part.toByteArray());
        }
        return heard;
    }

    private static void mark(boolean[] heard, byte[] audio, byte[] part) {
        int offset = 0;
        while (offset + part.length <= audio.length
                && !Arrays.equals(audio, offset, offset + part.length, part, 0, part.length)) {
            offset += 2;
        }
        if (offset + part.length > audio.length) {
            throw new AssertionError("a session heard " + part.length + " bytes that are no part of the source");
        }
        Arrays.fill(heard, offset, offset + part.length, true);
    }

    /** Puts together by offset what the sessions heard; returns the first byte that none of them did. */
    static int heardUpTo(byte[] audio, List<byte[]> sessions) {
        boolean[] heard = new boolean[audio.length];
        for (byte[] part : sessions) {
            int offset = 0;
            while (offset + part.length <= audio.length
                    && !Arrays.equals(audio, offset, offset + part.length, part, 0, part.length)) {
                offset += 2;
            }
            if (offset + part.length > audio.length) {
                throw new AssertionError("a session heard " + part.length + " bytes that are no part of the source");
            }
            Arrays.fill(heard, offset, offset + part.length, true);
        }
        int missing = 0;
        while (missing < heard.length && heard[missing]) {
            missing++;
        }
        return missing;
    }
}
