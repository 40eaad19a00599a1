package io.qwenasr.codec;

import io.qwenasr.codec.ClientEvent.Append;
import io.qwenasr.codec.ClientEvent.Clear;
import io.qwenasr.codec.ClientEvent.Commit;
import io.qwenasr.codec.ClientEvent.Finish;
import io.qwenasr.codec.ClientEvent.SessionUpdate;
import io.qwenasr.codec.ClientEvent.Unknown;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The members of a client event, collected in any order. */
final class ClientEventReader {

    private static final int MAX_CONTROL_BYTES = 256 << 10;

    private final ExtrasBuilder extras;
    private @Nullable String eventId;
    private @Nullable SessionConfig session;
    private @Nullable ByteBuffer audio;

    private ClientEventReader(EventReader in) {
        extras = in.extras();
    }

    static ClientEvent read(EventReader in, String type) {
        if (in.size() > MAX_CONTROL_BYTES && !type.equals(Append.TYPE)) {
            throw new MalformedEventException(
                    "an event other than " + Append.TYPE + " must have at most " + MAX_CONTROL_BYTES + " bytes, not "
                            + in.size(),
                    null,
                    null);
        }
        ClientEventReader event = new ClientEventReader(in);
        switch (type) {
            case SessionUpdate.TYPE -> event.collect(in, "session");
            case Append.TYPE -> event.collect(in, "audio");
            case Commit.TYPE, Clear.TYPE, Finish.TYPE -> event.collect(in, null);
            default -> {
                return event.unknown(in, type);
            }
        }
        return event.build(type);
    }

    private void collect(EventReader in, @Nullable String payload) {
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            if (name.equals("type")) {
                in.skip();
            } else if (name.equals("event_id")) {
                eventId = in.textOrKeep(name, extras);
            } else if (!name.equals(payload)) {
                extras.keep(name, in.raw());
            } else if (name.equals("audio")) {
                audio = in.base64();
            } else {
                session = SessionConfigReader.read(in);
            }
        }
    }

    private Unknown unknown(EventReader in, String type) {
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            if (name.equals("event_id")) {
                eventId = in.textOrKeep(name, extras);
            } else {
                in.skip();
            }
        }
        return new Unknown(eventId, type, in.json());
    }

    private ClientEvent build(String type) {
        Extras more = extras.build();
        return switch (type) {
            case SessionUpdate.TYPE -> new SessionUpdate(eventId, EventReader.required(session, "session"), more);
            case Append.TYPE -> new Append(eventId, EventReader.required(audio, "audio"), more);
            case Commit.TYPE -> new Commit(eventId, more);
            case Clear.TYPE -> new Clear(eventId, more);
            default -> new Finish(eventId, more);
        };
    }
}
