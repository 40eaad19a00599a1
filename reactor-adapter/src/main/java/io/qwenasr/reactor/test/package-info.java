/**
 * For tests: a transcriber that says what the test says, and faults for the way to a real one.
 *
 * <p>Nothing here recognises speech, and nothing needs a test framework.
 */
@NullMarked
package io.qwenasr.reactor.test;

import org.jspecify.annotations.NullMarked;
