/** A page about sessions: the transcript on a waveform, how each utterance came about, and how late it was. */
@NullMarked
package io.qwenasr.samples.cli.report;

import org.jspecify.annotations.NullMarked;
