package io.qwenasr.reactor.captions;

import io.qwenasr.TranscriptionEvent;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces what matches a pattern, and in partials also what may come to match once more is heard.
 *
 * <p>The regular expressions of the JDK tell of an attempt to match whether it came to the end of the input, so that
 * more input could change its result. From the first such place on, nothing of a partial is certain.
 *
 * @param pattern what to replace
 * @param replacement what to put in its place
 */
record Redaction(Pattern pattern, UnaryOperator<String> replacement) implements TextRule {

    private static final String NOTHING = "{}";

    @Override
    public Reading partial(String itemId, String preview, int firm) {
        StringBuilder shown = new StringBuilder();
        int open = replaceCertain(preview, shown, true);
        if (open < preview.length()) {
            replaceOpen(preview, open, shown);
        }
        StringBuilder certain = new StringBuilder();
        replaceCertain(preview.substring(0, firm), certain, true);
        return new Reading(shown.toString(), Texts.commonPrefix(certain.toString(), shown.toString()));
    }

    @Override
    public String complete(String itemId, String transcript) {
        StringBuilder shown = new StringBuilder();
        replaceCertain(transcript, shown, false);
        return shown.toString();
    }

    @Override
    public TranscriptionEvent other(TranscriptionEvent event) {
        return event instanceof TranscriptionEvent.Unknown unknown
                ? new TranscriptionEvent.Unknown(unknown.type(), NOTHING)
                : event;
    }

    /**
     * Replaces the matches.
     *
     * @param more whether the text may go on
     * @return the first place at which a match depends on how it goes on; the length of the text if there is none
     */
    private int replaceCertain(String text, StringBuilder to, boolean more) {
        Matcher matcher = matcher(text);
        int at = 0;
        while (at < text.length()) {
            matcher.region(at, text.length());
            boolean matches = matcher.lookingAt();
            if (more && (matcher.hitEnd() || matcher.requireEnd())) {
                return at;
            }
            if (matches && matcher.end() > at) {
                to.append(replaced(matcher.group()));
                at = matcher.end();
            } else {
                int next = text.offsetByCodePoints(at, 1);
                to.append(text, at, next);
                at = next;
            }
        }
        return at;
    }

    /** All the rest may belong to a match: that which does now, and that which follows it, separately. */
    private void replaceOpen(String text, int from, StringBuilder to) {
        to.append(replaced(text.substring(from)));
    }

    private Matcher matcher(String text) {
        return pattern.matcher(text).useTransparentBounds(true).useAnchoringBounds(false);
    }

    private String replaced(String found) {
        return Objects.requireNonNull(replacement.apply(found), "the replacement of '" + pattern + "' is null");
    }
}
