package io.qwenasr.codec;

import static io.qwenasr.codec.EventReader.required;

import io.qwenasr.ServerError;
import io.qwenasr.codec.ServerEvent.Cleared;
import io.qwenasr.codec.ServerEvent.Committed;
import io.qwenasr.codec.ServerEvent.Completed;
import io.qwenasr.codec.ServerEvent.ErrorReported;
import io.qwenasr.codec.ServerEvent.Failed;
import io.qwenasr.codec.ServerEvent.ItemCreated;
import io.qwenasr.codec.ServerEvent.SessionCreated;
import io.qwenasr.codec.ServerEvent.SessionFinished;
import io.qwenasr.codec.ServerEvent.SessionUpdated;
import io.qwenasr.codec.ServerEvent.SpeechStarted;
import io.qwenasr.codec.ServerEvent.SpeechStopped;
import io.qwenasr.codec.ServerEvent.Text;
import io.qwenasr.codec.ServerEvent.Unknown;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The members of a server event, collected in any order. */
final class ServerEventReader {

    private static final String ITEM_ID = "item_id";

    /** Known members by type; every event has {@code event_id} and {@code type} besides. */
    private static final Map<String, Set<String>> KNOWN = Map.ofEntries(
            Map.entry(SessionCreated.TYPE, Set.of("session")),
            Map.entry(SessionUpdated.TYPE, Set.of("session")),
            Map.entry(SpeechStarted.TYPE, Set.of(ITEM_ID, "audio_start_ms")),
            Map.entry(SpeechStopped.TYPE, Set.of(ITEM_ID, "audio_end_ms")),
            Map.entry(Committed.TYPE, Set.of(ITEM_ID, "previous_item_id")),
            Map.entry(ItemCreated.TYPE, Set.of("item", "previous_item_id")),
            Map.entry(Cleared.TYPE, Set.of()),
            Map.entry(Text.TYPE, Set.of(ITEM_ID, "content_index", "language", "emotion", "text", "stash")),
            Map.entry(Completed.TYPE, Set.of(ITEM_ID, "content_index", "language", "emotion", "transcript")),
            Map.entry(Failed.TYPE, Set.of(ITEM_ID, "content_index", "error")),
            Map.entry(SessionFinished.TYPE, Set.of()),
            Map.entry(ErrorReported.TYPE, Set.of("error")));

    private final ExtrasBuilder extras = new ExtrasBuilder();
    private final ExtrasBuilder innerExtras = new ExtrasBuilder();
    private @Nullable String eventId;
    private @Nullable SessionConfig session;
    private @Nullable String itemId;
    private @Nullable String previousItemId;
    private @Nullable Long audioMs;
    private int contentIndex;
    private @Nullable String language;
    private @Nullable String emotion;
    private String text = "";
    private String stash = "";
    private @Nullable String transcript;
    private @Nullable ServerError error;

    private ServerEventReader() {}

    static ServerEvent read(EventReader in, String type) {
        ServerEventReader event = new ServerEventReader();
        Set<String> known = KNOWN.get(type);
        if (known == null) {
            return event.unknown(in, type);
        }
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            if (name.equals("type")) {
                in.skip();
            } else if (name.equals("event_id")) {
                event.eventId = in.textOrKeep(name, event.extras);
            } else if (known.contains(name)) {
                event.member(in, name, type);
            } else {
                event.extras.keep(name, in.raw());
            }
        }
        return event.build(type);
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

    private void member(EventReader in, String name, String type) {
        switch (name) {
            case "session" -> session = SessionConfigReader.read(in);
            case ITEM_ID ->
                itemId = type.equals(SpeechStopped.TYPE) ? emptyToNull(in.textOrKeep(name, extras)) : in.requiredText();
            case "previous_item_id" -> previousItemId = emptyToNull(in.textOrKeep(name, extras));
            case "audio_start_ms", "audio_end_ms" -> audioMs = in.integer();
            case "content_index" -> contentIndex = in.isNull() ? 0 : in.smallInteger();
            case "language" -> language = in.textOrKeep(name, extras);
            case "emotion" -> emotion = in.textOrKeep(name, extras);
            case "text" -> text = in.isNull() ? "" : in.text();
            case "stash" -> stash = in.isNull() ? "" : in.text();
            case "transcript" -> transcript = in.isNull() ? "" : in.text();
            case "item" -> item(in);
            case "error" -> error(in);
            default -> throw new IllegalStateException(name);
        }
    }

    private static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private void item(EventReader in) {
        in.beginObject();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            if (name.equals("id")) {
                itemId = in.requiredText();
                continue;
            }
            String json = in.raw();
            if (!ItemShape.isStandard(name, json)) {
                innerExtras.keep(name, json);
            }
        }
        if (itemId == null) {
            throw EventReader.missing("item.id");
        }
    }

    private void error(EventReader in) {
        String type = null;
        String code = null;
        String message = null;
        String param = null;
        String clientEventId = null;
        in.beginObject();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            switch (name) {
                case "type" -> type = in.scalarOrKeep(name, innerExtras);
                case "code" -> code = in.scalarOrKeep(name, innerExtras);
                case "message" -> message = in.scalarOrKeep(name, innerExtras);
                case "param" -> param = in.scalarOrKeep(name, innerExtras);
                case "event_id" -> clientEventId = in.scalarOrKeep(name, innerExtras);
                default -> innerExtras.keep(name, in.raw());
            }
        }
        error = new ServerError(type, code, message, param, clientEventId);
    }

    private ServerEvent build(String type) {
        Extras more = extras.build();
        return switch (type) {
            case SessionCreated.TYPE -> new SessionCreated(eventId, required(session, "session"), more);
            case SessionUpdated.TYPE -> new SessionUpdated(eventId, required(session, "session"), more);
            case SpeechStarted.TYPE -> new SpeechStarted(eventId, item(), required(audioMs, "audio_start_ms"), more);
            case SpeechStopped.TYPE -> new SpeechStopped(eventId, itemId, required(audioMs, "audio_end_ms"), more);
            case Committed.TYPE -> new Committed(eventId, item(), previousItemId, more);
            case ItemCreated.TYPE ->
                new ItemCreated(eventId, required(itemId, "item"), previousItemId, innerExtras.build(), more);
            case Cleared.TYPE -> new Cleared(eventId, more);
            case Text.TYPE -> new Text(eventId, item(), contentIndex, language, emotion, text, stash, more);
            case Completed.TYPE ->
                new Completed(
                        eventId, item(), contentIndex, language, emotion, required(transcript, "transcript"), more);
            case Failed.TYPE ->
                new Failed(eventId, item(), contentIndex, required(error, "error"), innerExtras.build(), more);
            case SessionFinished.TYPE -> new SessionFinished(eventId, more);
            case ErrorReported.TYPE -> new ErrorReported(eventId, required(error, "error"), innerExtras.build(), more);
            default -> throw new IllegalStateException(type);
        };
    }

    private String item() {
        return required(itemId, ITEM_ID);
    }
}
