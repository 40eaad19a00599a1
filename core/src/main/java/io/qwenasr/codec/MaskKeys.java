package io.qwenasr.codec;

import java.security.SecureRandom;
import java.util.Objects;

/**
 * Masking keys for frames from a client, which nobody on the way can foresee (RFC 6455, 5.3).
 *
 * <p>Drawn in batches, since each draw has its price. Used by one thread at a time.
 */
final class MaskKeys {

    private static final int BATCH = 64;

    private final SecureRandom random;
    private byte[] batch = {};
    private int used;

    MaskKeys(SecureRandom random) {
        this.random = Objects.requireNonNull(random, "random");
    }

    /** Returns the next key, never zero, with which nothing would be masked. */
    int next() {
        int key;
        do {
            if (used == batch.length) {
                batch = batch.length == 0 ? new byte[BATCH * Integer.BYTES] : batch;
                random.nextBytes(batch);
                used = 0;
            }
            key = (batch[used] & 0xff) << 24
                    | (batch[used + 1] & 0xff) << 16
                    | (batch[used + 2] & 0xff) << 8
                    | (batch[used + 3] & 0xff);
            used += Integer.BYTES;
        } while (key == 0);
        return key;
    }
}
