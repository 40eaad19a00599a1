package io.qwenasr.samples.benchmarks.sink;

import java.util.Locale;

/** How the server treats a session; the first part of the path. */
public enum Behaviour {
    /** Counts appends and says nothing. */
    COUNT,
    /** Answers each append with a partial that holds the server's clock. */
    ECHO,
    /** Does not read on after the first append until it is told to. */
    STALL,
    /** After the first append sends partials for as long as it may, numbered, and Pings. */
    FLOOD,
    /** Decodes all audio and tells its checksum. */
    VERIFY;

    static Behaviour of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    String path() {
        return name().toLowerCase(Locale.ROOT);
    }
}
