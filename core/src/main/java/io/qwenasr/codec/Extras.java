package io.qwenasr.codec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * JSON members that this version does not know, kept as they came so that they can be read and passed on.
 *
 * <p>Immutable. Members keep their order. When an event is encoded they follow the known members.
 *
 * @param members name to raw JSON text, such as {@code "null"}, {@code "\"pcm24\""} or {@code "{}"}
 * @since 0.1.0
 */
public record Extras(Map<String, String> members) {

    /** No further members. */
    public static final Extras NONE = new Extras(Map.of());

    /**
     * Copies the members and refuses texts that are not JSON.
     *
     * @throws IllegalArgumentException if a value is not one JSON value
     */
    public Extras {
        if (!(members instanceof ExtrasBuilder.ReadMembers)) {
            members.forEach((name, json) -> {
                if (!Json.isValue(json)) {
                    throw new IllegalArgumentException("member \"" + name + "\" is not one JSON value");
                }
            });
        }
        members = members.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /**
     * Tells whether there is none.
     *
     * @return true if no member is kept
     */
    public boolean isEmpty() {
        return members.isEmpty();
    }
}
