package io.qwenasr.codec;

import static io.qwenasr.codec.ServerEventParts.emptyToNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events that a client gets all the time, in one pass, if they look as the service writes them;
 * whatever looks otherwise is for {@link ServerEventReader}.
 */
final class PlainServerEvents {

    private enum Member {
        EVENT_ID("event_id"),
        TYPE("type"),
        ITEM_ID("item_id"),
        PREVIOUS_ITEM_ID("previous_item_id"),
        AUDIO_START_MS("audio_start_ms"),
        AUDIO_END_MS("audio_end_ms"),
        CONTENT_INDEX("content_index"),
        LANGUAGE("language"),
        EMOTION("emotion"),
        TEXT("text"),
        STASH("stash"),
        TRANSCRIPT("transcript");

        private final String wireName;

        Member(String wireName) {
            this.wireName = wireName;
        }
    }

    /** A type, and the members of its events as far as they are plain. */
    private record Type(String wireName, Set<Member> members) {}

    private static final int MAX_BYTES = 16_384;

    private static final Words<Member> MEMBERS = new Words<>(List.of(Member.values()), member -> member.wireName);
    private static final Words<Type> TYPES = new Words<>(
            ServerEventReader.KNOWN.entrySet().stream()
                    .map(known -> type(known.getKey(), known.getValue()))
                    .toList(),
            Type::wireName);
    private static final Words<String> LANGUAGES =
            words("zh yue en ja de ko ru fr pt ar it es hi id th tr uk vi cs da fil fi is ms no pl sv");
    private static final Words<String> EMOTIONS = words("surprised neutral happy sad disgusted angry fearful");

    private final PlainObject in;
    private final ServerEventParts parts = new ServerEventParts();
    private @Nullable Type type;

    private PlainServerEvents(PlainObject in) {
        this.in = in;
    }

    private static Type type(String wireName, Set<String> memberNames) {
        Set<Member> members = EnumSet.of(Member.EVENT_ID, Member.TYPE);
        for (Member member : Member.values()) {
            if (memberNames.contains(member.wireName)) {
                members.add(member);
            }
        }
        return new Type(wireName, members);
    }

    private static Words<String> words(String words) {
        return new Words<>(List.of(words.split(" ")), word -> word);
    }

    /** Reads a whole event, plain or not. */
    static ServerEvent decode(ByteBuf json) {
        int length = json.readableBytes();
        if (length > MAX_BYTES) {
            return EventReader.decode(json, null, ServerEventReader::read);
        }
        byte[] bytes;
        int from = 0;
        if (json.hasArray()) {
            bytes = json.array();
            from = json.arrayOffset() + json.readerIndex();
        } else {
            bytes = new byte[length];
            json.getBytes(json.readerIndex(), bytes);
        }
        PlainServerEvents plain = new PlainServerEvents(new PlainObject(bytes, from, from + length));
        ServerEvent event = plain.read();
        if (event != null) {
            return event;
        }
        String type = plain.type == null ? null : plain.type.wireName;
        return EventReader.decode(Unpooled.wrappedBuffer(bytes, from, length), type, ServerEventReader::read);
    }

    private @Nullable ServerEvent read() {
        Set<Member> seen = EnumSet.noneOf(Member.class);
        for (Member member = in.nextMember(MEMBERS); member != null; member = in.nextMember(MEMBERS)) {
            if (!seen.add(member)) {
                return null;
            }
            take(member);
        }
        if (!in.isComplete() || type == null || !type.members.containsAll(seen)) {
            return null;
        }
        try {
            return parts.build(type.wireName);
        } catch (MalformedEventException incomplete) {
            return null;
        }
    }

    private void take(Member member) {
        switch (member) {
            case TYPE -> type = in.oneOf(TYPES);
            case EVENT_ID -> parts.eventId = in.textOrNull();
            case ITEM_ID -> parts.itemId = emptyToNull(in.textOrNull());
            case PREVIOUS_ITEM_ID -> parts.previousItemId = emptyToNull(in.textOrNull());
            case AUDIO_START_MS, AUDIO_END_MS -> parts.audioMs = position();
            case CONTENT_INDEX -> parts.contentIndex = contentIndex();
            case LANGUAGE -> parts.language = in.textOrNull(LANGUAGES);
            case EMOTION -> parts.emotion = in.textOrNull(EMOTIONS);
            case TEXT -> parts.text = textOrEmpty();
            case STASH -> parts.stash = textOrEmpty();
            case TRANSCRIPT -> parts.transcript = textOrEmpty();
        }
    }

    private String textOrEmpty() {
        String text = in.textOrNull();
        return text == null ? "" : text;
    }

    private long position() {
        long position = in.integerOrNull();
        if (position < 0) {
            in.giveUp();
        }
        return position;
    }

    private int contentIndex() {
        long index = in.integerOrNull();
        if (index > Integer.MAX_VALUE) {
            in.giveUp();
        }
        return (int) Math.max(index, 0);
    }
}
