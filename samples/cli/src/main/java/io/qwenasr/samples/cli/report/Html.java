package io.qwenasr.samples.cli.report;

/** Text as HTML. */
final class Html {

    private Html() {}

    /** For content and for attributes in double quotes; control characters, which HTML does not allow, become �. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(codePoint -> {
            switch (codePoint) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case '\n', '\t' -> escaped.appendCodePoint(codePoint);
                default -> escaped.appendCodePoint(Character.isISOControl(codePoint) ? 0xfffd : codePoint);
            }
        });
        return escaped.toString();
    }
}
