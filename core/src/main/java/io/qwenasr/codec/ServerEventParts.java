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
import org.jspecify.annotations.Nullable;

/** What an event is put together from, in whatever order its members came. */
final class ServerEventParts {

    Extras extras = Extras.NONE;
    Extras innerExtras = Extras.NONE;

    @Nullable String eventId;

    @Nullable SessionConfig session;

    @Nullable String itemId;

    @Nullable String previousItemId;

    @Nullable Long audioMs;

    int contentIndex;

    @Nullable String language;

    @Nullable String emotion;

    String text = "";
    String stash = "";

    @Nullable String transcript;

    @Nullable ServerError error;

    static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /**
     * Makes an event of a known type.
     *
     * @throws MalformedEventException if a part is missing that it must have
     */
    ServerEvent build(String type) {
        return switch (type) {
            case SessionCreated.TYPE -> new SessionCreated(eventId, required(session, "session"), extras);
            case SessionUpdated.TYPE -> new SessionUpdated(eventId, required(session, "session"), extras);
            case SpeechStarted.TYPE -> new SpeechStarted(eventId, item(), required(audioMs, "audio_start_ms"), extras);
            case SpeechStopped.TYPE -> new SpeechStopped(eventId, itemId, required(audioMs, "audio_end_ms"), extras);
            case Committed.TYPE -> new Committed(eventId, item(), previousItemId, extras);
            case ItemCreated.TYPE ->
                new ItemCreated(eventId, required(itemId, "item"), previousItemId, innerExtras, extras);
            case Cleared.TYPE -> new Cleared(eventId, extras);
            case Text.TYPE -> new Text(eventId, item(), contentIndex, language, emotion, text, stash, extras);
            case Completed.TYPE ->
                new Completed(
                        eventId, item(), contentIndex, language, emotion, required(transcript, "transcript"), extras);
            case Failed.TYPE ->
                new Failed(eventId, item(), contentIndex, required(error, "error"), innerExtras, extras);
            case SessionFinished.TYPE -> new SessionFinished(eventId, extras);
            case ErrorReported.TYPE -> new ErrorReported(eventId, required(error, "error"), innerExtras, extras);
            default -> throw new IllegalStateException(type);
        };
    }

    private String item() {
        return required(itemId, "item_id");
    }
}
