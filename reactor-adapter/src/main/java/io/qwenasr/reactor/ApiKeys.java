package io.qwenasr.reactor;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The keys a server accepts, kept as digests.
 *
 * <p>A candidate is compared with all of them, digest by digest, so that the time taken tells neither how much
 * of a key was right nor which key matched.
 */
final class ApiKeys {

    /** Whoever connects where no keys are set. */
    static final int ANONYMOUS = -1;

    static final int REFUSED = -2;

    private static final String SCHEME = "bearer ";

    private final List<byte[]> digests;

    ApiKeys(Collection<String> keys) {
        for (String key : keys) {
            if (key.isBlank()) {
                throw new IllegalArgumentException("an accepted API key must not be blank");
            }
        }
        this.digests = keys.stream().map(key -> digest(key.strip())).toList();
    }

    /** Finds the key in the value of an {@code Authorization} header; without keys everybody is anonymous. */
    int find(@Nullable String authorization) {
        if (digests.isEmpty()) {
            return ANONYMOUS;
        }
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return REFUSED;
        }
        byte[] candidate = digest(authorization.substring(SCHEME.length()).strip());
        int found = REFUSED;
        for (int i = 0; i < digests.size(); i++) {
            // All are compared, found or not: how long it takes must not tell.
            if (MessageDigest.isEqual(digests.get(i), candidate)) {
                found = i;
            }
        }
        return found;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Tells how many, never which. */
    @Override
    public String toString() {
        return digests.size() + " API keys";
    }
}
