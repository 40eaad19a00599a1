/** Makes tables and pictures of samples. */
@NullMarked
package io.qwenasr.samples.benchmarks.report;

import org.jspecify.annotations.NullMarked;
