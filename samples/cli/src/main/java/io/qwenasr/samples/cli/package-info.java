/** The command line: {@code demo}, {@code transcribe}, {@code mic} and {@code serve}. */
@NullMarked
package io.qwenasr.samples.cli;

import org.jspecify.annotations.NullMarked;
