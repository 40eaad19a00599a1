package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Peers;
import java.util.List;

/**
 * Some clients put through one scenario, in turns.
 *
 * @param name how it is called in the results
 * @param params what each worker is told, each round
 * @param primes what each worker is told first, to warm up; what comes of it is not kept
 * @param peers who takes part
 * @param rounds how often each has its turn
 * @param heapMegabytes of each worker, all of it touched at the start
 */
record Step(String name, Params params, List<Params> primes, List<Peers> peers, int rounds, int heapMegabytes) {}
