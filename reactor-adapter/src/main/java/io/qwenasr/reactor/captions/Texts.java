package io.qwenasr.reactor.captions;

/** Where texts part, without cutting a character of several chars. */
final class Texts {

    private Texts() {}

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Returns the length in chars of what both begin with; never within a grapheme cluster of either. */
    static int commonPrefix(String a, String b) {
        int most = Math.min(a.length(), b.length());
        int same = 0;
        while (same < most && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        return same == a.length() && same == b.length()
                ? same
                : Math.min(Graphemes.floor(a, same), Graphemes.floor(b, same));
    }
}
