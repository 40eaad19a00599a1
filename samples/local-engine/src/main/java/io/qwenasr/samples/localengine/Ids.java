package io.qwenasr.samples.localengine;

import java.util.concurrent.ThreadLocalRandom;

/** Ids as the service writes them: a prefix and 21 letters or digits. */
final class Ids {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 21;

    private Ids() {}

    static String item() {
        return random("item_");
    }

    static String session() {
        return random("sess_");
    }

    private static String random(String prefix) {
        StringBuilder id = new StringBuilder(prefix);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
