package io.qwenasr.reactor;

import java.util.Objects;

/** How this library names itself. */
final class UserAgent {

    /** Name, version (from the jar's manifest) and Java version. */
    static final String DEFAULT = "qwen-asr-reactor/"
            + Objects.requireNonNullElse(UserAgent.class.getPackage().getImplementationVersion(), "dev")
            + " java/"
            + System.getProperty("java.version");

    private UserAgent() {}
}
