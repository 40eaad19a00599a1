package io.qwenasr.reactor.captions;

import java.util.Random;

/** Where random tests begin: {@code -Dcaptions.seed=…} does again what a test did. */
final class Seeds {

    private Seeds() {}

    static long next(String what) {
        long seed = Long.getLong("captions.seed", new Random().nextLong());
        System.out.println(what + ": -Dcaptions.seed=" + seed);
        return seed;
    }
}
