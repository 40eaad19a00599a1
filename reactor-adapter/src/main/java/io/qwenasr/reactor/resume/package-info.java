/** Transcriptions that outlive their sessions: replay, reconnecting, one timeline. */
@NullMarked
package io.qwenasr.reactor.resume;

import org.jspecify.annotations.NullMarked;
