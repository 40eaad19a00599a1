package io.qwenasr.codec;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** Collects members that were read, without a map as long as there are none. */
final class ExtrasBuilder {

    /** Members whose values are known to be JSON: only what comes from the parser is put in. */
    static final class ReadMembers extends LinkedHashMap<String, String> {
        private static final long serialVersionUID = 1L;
    }

    private final int max;
    private @Nullable ReadMembers members;

    ExtrasBuilder() {
        this(ReadLimits.OF_SERVERS.maxExtras());
    }

    /**
     * @param max how many members may be kept
     */
    ExtrasBuilder(int max) {
        this.max = max;
    }

    /**
     * @throws MalformedEventException if there are too many
     */
    void keep(String name, String json) {
        if (members == null) {
            members = new ReadMembers();
        }
        if (members.size() >= max) {
            throw new MalformedEventException("more than " + max + " unknown members in one object", null, null);
        }
        members.put(name, json);
    }

    Extras build() {
        return members == null ? Extras.NONE : new Extras(members);
    }
}
