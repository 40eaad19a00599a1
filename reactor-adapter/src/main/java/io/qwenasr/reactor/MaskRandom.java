package io.qwenasr.reactor;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** A source of masking keys that does not block, once it is here. */
final class MaskRandom {

    private MaskRandom() {}

    static SecureRandom create() {
        SecureRandom random;
        try {
            random = SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException e) {
            random = new SecureRandom();
        }
        // Reads its seed now, on the thread that builds the client, rather than on an event loop.
        random.nextInt();
        return random;
    }
}
