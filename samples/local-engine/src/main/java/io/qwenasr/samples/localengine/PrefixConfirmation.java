package io.qwenasr.samples.localengine;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a changing hypothesis into words that are confirmed and words that are tentative.
 *
 * <p>A word is confirmed once it and all words before it have stayed the same for a while of audio. What is
 * confirmed never changes, even if the recogniser thinks better of it later; nothing more is then confirmed
 * until it agrees again.
 */
final class PrefixConfirmation {

    private final long hold;
    private final List<String> words = new ArrayList<>();
    private final List<Long> since = new ArrayList<>();
    private final List<String> confirmed = new ArrayList<>();

    /**
     * Creates the confirmation of one utterance.
     *
     * @param hold for how many samples a word must stay the same
     */
    PrefixConfirmation(long hold) {
        this.hold = hold;
    }

    /**
     * Takes the newest hypothesis.
     *
     * @param hypothesis words separated by single blanks; may be empty
     * @param position samples decoded to reach it
     */
    void update(String hypothesis, long position) {
        List<String> next = hypothesis.isEmpty() ? List.of() : List.of(hypothesis.split(" "));
        int common = commonPrefix(words, next);
        words.subList(common, words.size()).clear();
        since.subList(common, since.size()).clear();
        for (String word : next.subList(common, next.size())) {
            words.add(word);
            since.add(position);
        }
        confirm(position);
    }

    private void confirm(long position) {
        if (commonPrefix(confirmed, words) < confirmed.size()) {
            return;
        }
        for (int i = confirmed.size(); i < words.size() && position - since.get(i) >= hold; i++) {
            confirmed.add(words.get(i));
        }
    }

    private static int commonPrefix(List<String> a, List<String> b) {
        int length = Math.min(a.size(), b.size());
        int i = 0;
        while (i < length && a.get(i).equals(b.get(i))) {
            i++;
        }
        return i;
    }

    /** The confirmed words. */
    String text() {
        return String.join(" ", confirmed);
    }

    /** The tentative words after them, with the blank between where there is need of one. */
    String stash() {
        if (words.size() <= confirmed.size()) {
            return "";
        }
        String rest = String.join(" ", words.subList(confirmed.size(), words.size()));
        return confirmed.isEmpty() ? rest : " " + rest;
    }
}
