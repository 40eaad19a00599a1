package io.qwenasr.codec;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** The one configuration of the JSON parser and generator. */
final class Json {

    private static final int MAX_DEPTH = 64;

    /** The frame limit of the WebSocket bounds the length of texts. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamWriteFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    /** The same, for at most so many tokens. */
    static JsonFactory withMaxTokens(long max) {
        return FACTORY.rebuild()
                .streamReadConstraints(FACTORY.streamReadConstraints()
                        .rebuild()
                        .maxTokenCount(max)
                        .build())
                .build();
    }

    /** Tells whether a text is one JSON value and nothing more. */
    static boolean isValue(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (JacksonException malformed) {
            return false;
        }
    }
}
