package io.qwenasr.samples.localengine;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the one string that matters in what Vosk answers. */
final class VoskJson {

    private static final JsonFactory FACTORY = new JsonFactory();

    private VoskJson() {}

    /** The first {@code text} (of a result) or {@code partial} (words so far), however deep; empty if none. */
    static String text(String json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.VALUE_STRING && isText(parser.currentName())) {
                    return parser.getString().strip();
                }
            }
            return "";
        }
    }

    private static boolean isText(String name) {
        return "text".equals(name) || "partial".equals(name);
    }
}
