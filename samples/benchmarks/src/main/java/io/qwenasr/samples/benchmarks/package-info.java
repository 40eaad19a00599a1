/** What the library costs, side by side with what else there is. */
@NullMarked
package io.qwenasr.samples.benchmarks;

import org.jspecify.annotations.NullMarked;
