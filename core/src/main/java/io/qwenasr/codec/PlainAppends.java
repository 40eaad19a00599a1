package io.qwenasr.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code input_audio_buffer.append}, the one event that a server gets all the time: its audio goes from
 * the message straight into the array that the event has. Whatever looks unusual is for
 * {@link ClientEventReader}.
 */
final class PlainAppends {

    private enum Member {
        EVENT_ID("event_id"),
        TYPE("type"),
        AUDIO("audio");

        private final String wireName;

        Member(String wireName) {
            this.wireName = wireName;
        }
    }

    private static final Words<Member> MEMBERS = new Words<>(List.of(Member.values()), member -> member.wireName);
    private static final Words<String> TYPES = new Words<>(List.of(ClientEvent.Append.TYPE), type -> type);

    /** What may stand in front of the audio, and behind it: 93 bytes from the SDKs. */
    private static final int MAX_AROUND = 160;

    private static final String ESCAPED_PADDING = "\\u003d";

    private final ByteBuf json;
    private final byte[] around;
    private final PlainObject in;
    private @Nullable String eventId;
    private @Nullable ByteBuffer audio;

    private PlainAppends(ByteBuf json) {
        this.json = json;
        this.around = new byte[Math.min(json.readableBytes(), MAX_AROUND)];
        json.getBytes(json.readerIndex(), around);
        this.in = new PlainObject(around, 0, around.length);
    }

    /** Reads a whole event; null if it is not a plain append. */
    static ClientEvent.@Nullable Append read(ByteBuf json) {
        return new PlainAppends(json).read();
    }

    private ClientEvent.@Nullable Append read() {
        Set<Member> seen = EnumSet.noneOf(Member.class);
        for (Member member = in.nextMember(MEMBERS); member != null; member = in.nextMember(MEMBERS)) {
            if (!seen.add(member)) {
                return null;
            }
            switch (member) {
                case EVENT_ID -> eventId = in.textOrNull();
                case TYPE -> in.oneOf(TYPES);
                case AUDIO -> audio();
            }
        }
        return in.isComplete() && audio != null && seen.contains(Member.TYPE)
                ? new ClientEvent.Append(eventId, audio, Extras.NONE)
                : null;
    }

    private void audio() {
        int begin = in.enterText();
        if (begin < 0) {
            return;
        }
        int from = json.readerIndex() + begin;
        // Only what may stand behind the audio is searched: should the audio end before, it holds a quote, which
        // is not base64.
        int tail = Math.max(from, json.writerIndex() - 1 - around.length);
        int to = json.indexOf(tail, json.writerIndex(), (byte) '"');
        if (to < 0) {
            in.giveUp();
            return;
        }
        try {
            audio = decode(json.nioBuffer(from, to - from));
        } catch (IllegalArgumentException notPlain) {
            in.giveUp();
            return;
        }
        int rest = json.writerIndex() - to - 1;
        json.getBytes(to + 1, around, 0, rest);
        in.resume(around, 0, rest);
    }

    /** Reads base64 whose padding may be escaped, as Gson does it. */
    private static ByteBuffer decode(ByteBuffer text) {
        int end = text.limit();
        int padding = 0;
        for (int length = paddingLength(text, end); length > 0; length = paddingLength(text, end)) {
            end -= length;
            padding++;
        }
        return Base64Body.decode(text, text.position(), end, padding);
    }

    private static int paddingLength(ByteBuffer text, int end) {
        if (end > text.position() && text.get(end - 1) == '=') {
            return 1;
        }
        int from = end - ESCAPED_PADDING.length();
        if (from < text.position()) {
            return 0;
        }
        for (int i = 0; i < ESCAPED_PADDING.length(); i++) {
            if (text.get(from + i) != ESCAPED_PADDING.charAt(i)) {
                return 0;
            }
        }
        return ESCAPED_PADDING.length();
    }
}
