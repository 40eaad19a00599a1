/**
 * Sessions as files: a {@link io.qwenasr.reactor.recording.SessionRecorder} writes what went in and what came out, a
 * {@link io.qwenasr.reactor.recording.Recording} reads it, and
 * {@link io.qwenasr.reactor.test.RecordedTranscriber} plays it again, so that an incident becomes a test.
 *
 * <p>A recording is a file of JSON lines, version {@value io.qwenasr.reactor.recording.Recording#VERSION}. The first
 * line tells version, start and options; each further one has {@code t}, milliseconds since the start, and one of
 * {@code in} (a signal of the audio), {@code out} (an event) or {@code end}, which is the last line. Positions are ISO
 * 8601 durations. What a reader does not know inside a line it passes over.
 *
 * <p>Recordings hold what was said, as text and, if asked for, as audio: they are personal data. They hold no API key.
 */
@NullMarked
package io.qwenasr.reactor.recording;

import org.jspecify.annotations.NullMarked;
