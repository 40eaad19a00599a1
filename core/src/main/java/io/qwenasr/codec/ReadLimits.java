package io.qwenasr.codec;

import tools.jackson.core.json.JsonFactory;

/**
 * How much one event may hold: a client chose its server, but a server is open to anybody.
 *
 * @param json what makes the parsers
 * @param maxExtras how many unknown members of one object are kept
 */
record ReadLimits(JsonFactory json, int maxExtras) {

    static final ReadLimits OF_SERVERS = new ReadLimits(Json.FACTORY, Integer.MAX_VALUE);

    /** Tokens are limited, too: an event is searched for its type before its size can be judged, audio being large. */
    static final ReadLimits OF_CLIENTS = new ReadLimits(Json.withMaxTokens(32_768), 128);
}
