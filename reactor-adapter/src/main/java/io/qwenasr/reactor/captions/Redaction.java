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
        int open = firstOpen(preview);
        String shown = replaceTo(open, preview);
        if (open < preview.length()) {
            shown += replaced(preview.substring(open));
        }
        String confirmed = preview.substring(0, firm);
        return new Reading(shown, Texts.commonPrefix(replaceTo(firstOpen(confirmed), confirmed), shown));
    }

    @Override
    public String complete(String itemId, String transcript) {
        return replaceTo(transcript.length(), transcript);
    }

    @Override
    public TranscriptionEvent other(TranscriptionEvent event) {
        return event instanceof TranscriptionEvent.Unknown unknown
                ? new TranscriptionEvent.Unknown(unknown.type(), NOTHING)
                : event;
    }

    /**
     * Returns the first place at which a match depends on how the text goes on; the length of the text if there is none.
     *
     * <p>Services put a full stop behind partials that is gone in the next one: what it ends may go on as well.
     */
    private int firstOpen(String text) {
        int open = firstOpenIn(text);
        String unpunctuated = text.substring(0, endOfLastWord(text));
        int earlier = firstOpenIn(unpunctuated);
        return earlier < unpunctuated.length() ? Math.min(open, earlier) : open;
    }

    private int firstOpenIn(String text) {
        Matcher matcher = matcher(text);
        int at = 0;
        while (at < text.length()) {
            matcher.region(at, text.length());
            boolean matches = matcher.lookingAt();
            if (matcher.hitEnd() || matcher.requireEnd()) {
                return at;
            }
            at = matches && matcher.end() > at ? matcher.end() : text.offsetByCodePoints(at, 1);
        }
        return at;
    }

    private static int endOfLastWord(String text) {
        int end = text.length();
        while (end > 0 && isBetweenWords(text.codePointBefore(end))) {
            end = text.offsetByCodePoints(end, -1);
        }
        return end;
    }

    private static boolean isBetweenWords(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION,
                    Character.SPACE_SEPARATOR -> true;
            default -> Character.isWhitespace(codePoint);
        };
    }

    /** Replaces the matches that begin before a place, and leaves out all from there on. */
    private String replaceTo(int limit, String text) {
        StringBuilder to = new StringBuilder();
        Matcher matcher = matcher(text);
        int at = 0;
        while (at < limit) {
            matcher.region(at, text.length());
            if (matcher.lookingAt() && matcher.end() > at) {
                to.append(replaced(matcher.group()));
                at = matcher.end();
            } else {
                int next = text.offsetByCodePoints(at, 1);
                to.append(text, at, next);
                at = next;
            }
        }
        return to.toString();
    }

    private Matcher matcher(String text) {
        return pattern.matcher(text).useTransparentBounds(true).useAnchoringBounds(false);
    }

    private String replaced(String found) {
        return Objects.requireNonNull(replacement.apply(found), "the replacement of '" + pattern + "' is null");
    }
}
