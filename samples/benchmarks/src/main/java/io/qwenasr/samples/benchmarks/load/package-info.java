/** The load harness: what is measured, in which process, how often. */
@NullMarked
package io.qwenasr.samples.benchmarks.load;

import org.jspecify.annotations.NullMarked;
