/**
 * The server that is measured against: it counts what arrives and does as little else as it can.
 *
 * <p>Frames are counted in the bytes as they come from the socket; of an append only its first and last 192 bytes
 * are unmasked, which is enough to tell how much audio it holds. So it is the client that is busy.
 */
@NullMarked
package io.qwenasr.samples.benchmarks.sink;

import org.jspecify.annotations.NullMarked;
