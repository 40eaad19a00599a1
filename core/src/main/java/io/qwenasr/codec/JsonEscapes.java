package io.qwenasr.codec;

import org.jspecify.annotations.Nullable;

/** The escapes of JSON texts: a backslash and what it stands before. */
final class JsonEscapes {

    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String MEANINGS = "\"\\/\b\f\n\r\t";
    private static final int HEX_DIGITS = 4;

    private JsonEscapes() {}

    /** Resolves them; null if one is malformed. */
    static @Nullable String unescape(String text) {
        StringBuilder unescaped = new StringBuilder(text.length());
        int at = 0;
        for (int escape = text.indexOf('\\'); escape >= 0; escape = text.indexOf('\\', at)) {
            unescaped.append(text, at, escape);
            at = escape + 2;
            if (at > text.length()) {
                return null;
            }
            char kind = text.charAt(escape + 1);
            if (kind == 'u') {
                int unit = hex(text, at);
                if (unit < 0) {
                    return null;
                }
                unescaped.append((char) unit);
                at += HEX_DIGITS;
            } else {
                int known = ESCAPES.indexOf(kind);
                if (known < 0) {
                    return null;
                }
                unescaped.append(MEANINGS.charAt(known));
            }
        }
        return unescaped.append(text, at, text.length()).toString();
    }

    private static int hex(String text, int at) {
        if (at + HEX_DIGITS > text.length()) {
            return -1;
        }
        int unit = 0;
        for (int i = at; i < at + HEX_DIGITS; i++) {
            char c = text.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }
}
