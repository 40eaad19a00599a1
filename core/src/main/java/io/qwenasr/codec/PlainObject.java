package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over the members of one JSON object whose names are known and whose values are texts, small
 * integers or null: what comes many times a second looks like this.
 *
 * <p>It gives up on everything else, malformed or merely unusual, and does not say why: the same bytes are
 * then for {@link EventReader}, which knows all of JSON and what to tell of an error. What this cursor reads
 * to the end, {@link EventReader} reads to the same values.
 */
final class PlainObject {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final int MAX_DIGITS = 18;
    private static final int NONE = -1;
    private static final char REPLACEMENT = '\ufffd';

    private byte[] json;
    private int at;
    private int end;
    private boolean entered;
    private boolean complete;
    private boolean gaveUp;

    /** The latest text, as it stands between its quotes. */
    private int from;

    private int to;
    private boolean escaped;

    PlainObject(byte[] json, int from, int to) {
        this.json = json;
        this.at = from;
        this.end = to;
    }

    /** Tells whether the object was read to its end, and nothing but white space follows. */
    boolean isComplete() {
        return complete && !gaveUp;
    }

    void giveUp() {
        gaveUp = true;
    }

    /** Moves to the value of the next member; null at the object's end, and where this gives up. */
    <T> @Nullable T nextMember(Words<T> names) {
        if (gaveUp) {
            return null;
        }
        int next = token();
        if (next == '}' && entered) {
            complete = token() == NONE;
            return null;
        }
        if (next == (entered ? ',' : '{') && token() == '"') {
            entered = true;
            T name = word(names);
            if (token() == ':') {
                return name;
            }
        }
        gaveUp = true;
        return null;
    }

    /** Takes a text, or null. */
    @Nullable String textOrNull() {
        int next = token();
        if (next == '"') {
            findEnd();
            return gaveUp ? null : text();
        }
        nullLiteral(next);
        return null;
    }

    /** Passes over a text of ASCII without escapes, or null: so there is nothing in it that could be malformed. */
    void skipText() {
        int next = token();
        if (next != '"') {
            nullLiteral(next);
            return;
        }
        findEnd();
        gaveUp |= escaped;
        for (int i = from; !gaveUp && i < to; i++) {
            gaveUp = json[i] < 0;
        }
    }

    /** Takes a text, or null; without making a text of a word that is known. */
    @Nullable String textOrNull(Words<String> known) {
        int next = token();
        if (next == '"') {
            findEnd();
            if (gaveUp) {
                return null;
            }
            String word = known.find(json, from, to);
            return word == null ? text() : word;
        }
        nullLiteral(next);
        return null;
    }

    /** Takes a text that is one of these words; null where this gives up. */
    <T> @Nullable T oneOf(Words<T> known) {
        if (token() == '"') {
            return word(known);
        }
        gaveUp = true;
        return null;
    }

    private <T> @Nullable T word(Words<T> known) {
        findEnd();
        T word = gaveUp ? null : known.find(json, from, to);
        gaveUp |= word == null;
        return word;
    }

    /** Takes an integer that is not negative, or null, for which it returns -1. */
    long integerOrNull() {
        int next = token();
        if (next == 'n') {
            nullLiteral(next);
            return NONE;
        }
        int first = at - 1;
        long value = 0;
        int digit = next - '0';
        while (digit >= 0 && digit <= 9) {
            value = value * 10 + digit;
            digit = at < end ? json[at] - '0' : NONE;
            at++;
        }
        at--;
        int digits = at - first;
        // A number may go on: whatever follows, such as a point, is found to be no comma.
        gaveUp |= digits == 0 || digits > MAX_DIGITS || (digits > 1 && json[first] == '0');
        return value;
    }

    /** Enters a text that is taken elsewhere: returns where it begins, or -1 where this gives up. */
    int enterText() {
        if (token() == '"') {
            return at;
        }
        gaveUp = true;
        return NONE;
    }

    /** Goes on in other bytes, behind a text that was taken elsewhere. */
    void resume(byte[] bytes, int begin, int limit) {
        json = bytes;
        at = begin;
        end = limit;
    }

    /** Returns the first byte that is not white space, or {@link #NONE}. */
    private int token() {
        while (at < end) {
            byte b = json[at++];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b & 0xff;
            }
        }
        return NONE;
    }

    private void nullLiteral(int first) {
        if (first == 'n' && at + 3 <= end && json[at] == 'u' && json[at + 1] == 'l' && json[at + 2] == 'l') {
            at += 3;
        } else {
            gaveUp = true;
        }
    }

    /** Passes over a text, eight bytes at a time, behind its opening quote. */
    private void findEnd() {
        from = at;
        escaped = false;
        while (at < end) {
            if (at + Long.BYTES <= end) {
                long eight = (long) LONGS.get(json, at);
                long special = equal(eight, '"') | equal(eight, '\\') | controls(eight);
                if (special == 0) {
                    at += Long.BYTES;
                    continue;
                }
                at += Long.numberOfTrailingZeros(special) >>> 3;
            }
            byte b = json[at++];
            if (b == '"') {
                to = at - 1;
                return;
            }
            if (b == '\\') {
                escaped = true;
                at++;
            } else if (b >= 0 && b < ' ') {
                break;
            }
        }
        gaveUp = true;
    }

    /** Marks each byte that is this one; above the first, others may be marked, too. */
    private static long equal(long eight, char c) {
        long zeroed = eight ^ ONES * c;
        return zeroed - ONES & ~zeroed & HIGH_BITS;
    }

    private static long controls(long eight) {
        return eight - ONES * ' ' & ~eight & HIGH_BITS;
    }

    private @Nullable String text() {
        String text = new String(json, from, to - from, UTF_8);
        // Stands for malformed UTF-8. It may also have been said, which is as rare.
        gaveUp |= text.indexOf(REPLACEMENT) >= 0;
        if (!escaped || gaveUp) {
            return text;
        }
        String unescaped = JsonEscapes.unescape(text);
        gaveUp |= unescaped == null;
        return unescaped;
    }
}
