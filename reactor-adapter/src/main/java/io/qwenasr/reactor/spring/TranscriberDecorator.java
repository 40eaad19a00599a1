package io.qwenasr.reactor.spring;

import io.qwenasr.reactor.Transcriber;

/** Puts something around the client, in the order of beans: the first one is nearest to it. */
@FunctionalInterface
interface TranscriberDecorator {
    Transcriber around(Transcriber transcriber);
}
