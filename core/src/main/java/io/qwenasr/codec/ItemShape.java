package io.qwenasr.codec;

import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** The members of an item that are the same in every documented {@code conversation.item.created}. */
final class ItemShape {

    private static final String CONTENT_NAME = "content";
    private static final String CONTENT = "[{\"type\":\"input_audio\",\"transcript\":null}]";
    private static final Map<String, String> TEXTS = Map.of(
            "object", "\"realtime.item\"",
            "type", "\"message\"",
            "status", "\"completed\"",
            "role", "\"user\"");

    private ItemShape() {}

    static boolean isStandard(String name, String json) {
        return name.equals(CONTENT_NAME) ? isStandardContent(json) : json.equals(TEXTS.get(name));
    }

    private static boolean isStandardContent(String json) {
        if (json.equals(CONTENT)) {
            return true;
        }
        try (JsonParser parser = Json.FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_ARRAY || parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            int members = 0;
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                JsonToken value = parser.nextToken();
                boolean standard = name.equals("type")
                        ? value == JsonToken.VALUE_STRING && parser.getString().equals("input_audio")
                        : name.equals("transcript") && value == JsonToken.VALUE_NULL;
                if (!standard) {
                    return false;
                }
                members++;
            }
            return members == 2 && parser.nextToken() == JsonToken.END_ARRAY;
        }
    }

    /** Writes the item, with the members that came otherwise as they came. */
    static void write(EventWriter out, String itemId, Extras extras) {
        out.beginObject("item");
        out.text("id", itemId);
        member(out, "object", extras);
        member(out, "type", extras);
        member(out, "status", extras);
        member(out, "role", extras);
        out.raw(CONTENT_NAME, extras.members().getOrDefault(CONTENT_NAME, CONTENT));
        extras.members().forEach((name, json) -> {
            if (!name.equals(CONTENT_NAME) && !TEXTS.containsKey(name)) {
                out.raw(name, json);
            }
        });
        out.endObject();
    }

    private static void member(EventWriter out, String name, Extras extras) {
        String standard = TEXTS.get(name);
        if (standard == null) {
            throw new IllegalArgumentException(name);
        }
        out.raw(name, extras.members().getOrDefault(name, standard));
    }
}
