package io.qwenasr.reactor.captions;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What there is to show of one utterance, or of a stretch of audio that was lost. Immutable.
 *
 * <p>{@code confirmed} only ever grows, unless {@code revisions} does: then the service took back what it had
 * called confirmed, or its final transcript differs from it.
 *
 * @param itemId the utterance; for lost audio, which has no id, one made of its position
 * @param confirmed the beginning of the text, not to change any more; may be empty
 * @param tentative the rest of the text so far, which may change; empty once the transcript is final
 * @param revisions how often confirmed text was taken back
 * @param rewritten how many characters (code points) that were shown have been taken away or replaced, see
 *     {@link Flicker}
 * @param start where it begins on the audio timeline, if known
 * @param end where it ends on the audio timeline, if known
 * @param outcome the {@link Final}, {@link Failed} or {@link AudioDropped} that ended it; null while it is open
 * @since 0.1.0
 */
public record Caption(
        String itemId,
        String confirmed,
        String tentative,
        int revisions,
        int rewritten,
        @Nullable Duration start,
        @Nullable Duration end,
        @Nullable TranscriptionEvent outcome) {
    /** Refuses missing values. */
    public Caption {
        Objects.requireNonNull(itemId, "itemId");
        Objects.requireNonNull(confirmed, "confirmed");
        Objects.requireNonNull(tentative, "tentative");
    }

    static Caption announced(String itemId) {
        return new Caption(itemId, "", "", 0, 0, null, null, null);
    }

    static Caption lost(AudioDropped dropped) {
        return new Caption("lost@" + dropped.start(), "", "", 0, 0, dropped.start(), dropped.end(), dropped);
    }

    /**
     * Returns the whole text so far: {@code confirmed} and {@code tentative} put together as they are.
     *
     * @return the text to show; may be empty
     */
    public String text() {
        return confirmed + tentative;
    }

    /**
     * Tells whether more may be heard of it.
     *
     * @return true if it has no outcome yet
     */
    public boolean isOpen() {
        return outcome == null;
    }

    /**
     * Measures how restless it has been so far.
     *
     * @return the characters rewritten, and those of the text it has now
     */
    public Flicker flicker() {
        return new Flicker(rewritten, Texts.length(text()));
    }

    Caption startingAt(Duration position) {
        return start != null
                ? this
                : new Caption(itemId, confirmed, tentative, revisions, rewritten, position, end, outcome);
    }

    Caption endingAt(Duration position) {
        return new Caption(itemId, confirmed, tentative, revisions, rewritten, start, position, outcome);
    }

    /**
     * Reads on.
     *
     * <p>What is confirmed is a prefix of {@code text}, or of what was confirmed before, whichever is longer: some
     * services fill {@code text} and {@code stash} in turn, so an empty {@code text} takes nothing back as long as the
     * whole preview still begins with what was confirmed.
     */
    Caption reading(Partial partial) {
        String preview = partial.preview();
        int kept = kept(preview);
        int firm = Math.max(kept, partial.text().length());
        return shows(preview.substring(0, firm), preview.substring(firm), kept);
    }

    Caption ending(Final done) {
        Caption shown = shows(done.transcript(), "", kept(done.transcript()));
        return new Caption(
                itemId,
                shown.confirmed,
                "",
                shown.revisions,
                shown.rewritten,
                done.start() != null ? done.start() : start,
                done.end() != null ? done.end() : end,
                done);
    }

    Caption failing(Failed failed) {
        return new Caption(itemId, confirmed, tentative, revisions, rewritten, start, end, failed);
    }

    /** How much of what was confirmed is still there. */
    private int kept(String next) {
        return next.startsWith(confirmed) ? confirmed.length() : Texts.commonPrefix(confirmed, next);
    }

    private Caption shows(String firm, String draft, int kept) {
        String before = text();
        int same = Texts.commonPrefix(before, firm + draft);
        return new Caption(
                itemId,
                firm,
                draft,
                kept < confirmed.length() ? revisions + 1 : revisions,
                rewritten + before.codePointCount(same, before.length()),
                start,
                end,
                null);
    }
}
