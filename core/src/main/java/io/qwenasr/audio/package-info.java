/**
 * Audio as streams of samples and bytes: sample rate conversion and the way from any PCM to what a
 * session takes.
 *
 * <p>No sockets and no threads here. The converters hold the state of one stream each: use one instance
 * per stream, from one thread at a time.
 */
@NullMarked
package io.qwenasr.audio;

import org.jspecify.annotations.NullMarked;
