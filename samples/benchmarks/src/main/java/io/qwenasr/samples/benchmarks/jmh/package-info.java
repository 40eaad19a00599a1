/** The parts on their own, by JMH. */
@NullMarked
package io.qwenasr.samples.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
