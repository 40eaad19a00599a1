/**
 * Captions and subtitles: events folded into what a viewer sees
 * ({@link io.qwenasr.reactor.captions.Captions}, {@link io.qwenasr.reactor.captions.CaptionBoard}), and transcripts cut
 * into cues of SRT, WebVTT or JSON lines ({@link io.qwenasr.reactor.captions.Subtitles}).
 */
@NullMarked
package io.qwenasr.reactor.captions;

import org.jspecify.annotations.NullMarked;
