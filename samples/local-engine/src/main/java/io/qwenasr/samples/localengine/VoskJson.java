package io.qwenasr.samples.localengine;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the one string in which Vosk answers. */
final class VoskJson {

    private static final JsonFactory FACTORY = new JsonFactory();

    private VoskJson() {}

    /** The value of {@code text} (a result) or {@code partial} (words so far); empty where there is none. */
    static String text(String json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    if (name.equals("text") || name.equals("partial")) {
                        return parser.getString().strip();
                    }
                    parser.skipChildren();
                }
            }
            return "";
        }
    }
}
