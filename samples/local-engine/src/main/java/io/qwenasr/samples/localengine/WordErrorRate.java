package io.qwenasr.samples.localengine;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How much a transcript differs from what was said: the fewest words to insert, delete and replace.
 *
 * <p>Case and punctuation are ignored, apostrophes within words are not.
 *
 * @param errors words inserted, deleted or replaced
 * @param words words that were said
 * @since 0.1.0
 */
public record WordErrorRate(int errors, int words) {

    /**
     * Compares a transcript with its script.
     *
     * @param script what was said
     * @param transcript what was understood
     * @return the errors and the number of words said
     */
    public static WordErrorRate of(String script, String transcript) {
        List<String> said = words(script);
        List<String> understood = words(transcript);
        int[] row = new int[understood.size() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= said.size(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (said.get(i - 1).equals(understood.get(j - 1)) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return new WordErrorRate(row[row.length - 1], said.size());
    }

    private static List<String> words(String text) {
        String plain = text.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}']+", " ")
                .strip();
        return plain.isEmpty() ? List.of() : List.of(plain.split(" "));
    }

    /**
     * Adds the counts of another text.
     *
     * @param other another comparison
     * @return both together
     */
    public WordErrorRate plus(WordErrorRate other) {
        return new WordErrorRate(errors + other.errors, words + other.words);
    }

    /**
     * Returns errors per word said.
     *
     * @return 0 for a perfect transcript; may exceed 1; without a word said, 0 or infinity
     */
    public double rate() {
        return errors == 0 ? 0 : (double) errors / words;
    }
}
