package io.qwenasr.reactor.test;

/** An utterance whose audio is complete. */
record Item(String id, int number, UtteranceFinder.Span span) {}
