package io.qwenasr.session;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids as the service writes them: a prefix and 21 letters and digits.
 *
 * <p>They name things and open nothing, so they need no secure source of randomness, which may block.
 */
final class Ids {

    private static final char[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".toCharArray();
    private static final int LENGTH = 21;

    private Ids() {}

    static String random(String prefix) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        StringBuilder id = new StringBuilder(prefix.length() + LENGTH).append(prefix);
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET[random.nextInt(ALPHABET.length)]);
        }
        return id.toString();
    }
}
