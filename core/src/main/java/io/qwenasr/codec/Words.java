package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A fixed vocabulary that is looked up by bytes, so that no text is made of what is known already.
 *
 * @param <T> what a word stands for
 */
final class Words<T> {

    private static final class Word<T> {
        final byte[] text;
        final T meaning;

        Word(byte[] text, T meaning) {
            this.text = text;
            this.meaning = meaning;
        }
    }

    private final @Nullable Word<T>[] slots;

    /** Takes distinct, non-empty words of ASCII. */
    Words(List<T> meanings, Function<T, String> text) {
        int size = Integer.highestOneBit(meanings.size()) * 8;
        @SuppressWarnings({"unchecked", "rawtypes"})
        @Nullable Word<T>[] empty = new @Nullable Word[size];
        slots = empty;
        for (T meaning : meanings) {
            byte[] word = text.apply(meaning).getBytes(US_ASCII);
            int slot = hash(word, 0, word.length) & size - 1;
            while (slots[slot] != null) {
                slot = slot + 1 & size - 1;
            }
            slots[slot] = new Word<>(word, meaning);
        }
    }

    /** Returns what the bytes of a range stand for, or null if they are no word of these. */
    @Nullable T find(byte[] bytes, int from, int to) {
        if (from == to) {
            return null;
        }
        int slot = hash(bytes, from, to) & slots.length - 1;
        for (Word<T> word = slots[slot]; word != null; word = slots[slot]) {
            if (Arrays.equals(word.text, 0, word.text.length, bytes, from, to)) {
                return word.meaning;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return null;
    }

    private static int hash(byte[] bytes, int from, int to) {
        int mixed = ((to - from) * 31 + bytes[from]) * 31 + bytes[to - 1];
        return mixed ^ mixed >>> 5;
    }
}
