package io.qwenasr.samples.cli.report;

import java.time.Duration;

/**
 * What an utterance read like for a while.
 *
 * @param arrived when it came, since the session was opened
 * @param heard how much audio had been taken by then
 * @param text what was confirmed
 * @param stash what was tentative
 */
record PartialText(Duration arrived, Duration heard, String text, String stash) {}
