/**
 * The clients that are compared: one class for each, behind one small interface.
 *
 * <p>Each does what its documentation shows, and no more. What a peer needs beyond that to get through a scenario
 * at all is said where it stands.
 */
@NullMarked
package io.qwenasr.samples.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
