package io.qwenasr.codec;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects members, without a map as long as there are none. */
final class ExtrasBuilder {

    private @Nullable Map<String, String> members;

    void keep(String name, String json) {
        if (members == null) {
            members = new LinkedHashMap<>();
        }
        members.put(name, json);
    }

    Extras build() {
        return members == null ? Extras.NONE : new Extras(members);
    }
}
