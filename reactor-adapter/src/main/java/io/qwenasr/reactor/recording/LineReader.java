package io.qwenasr.reactor.recording;

import io.qwenasr.ServerError;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Reads one line; what it throws says what is wrong with it, and what was expected. */
final class LineReader {

    /** A line that is not as it should be. */
    static final class BadLineException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadLineException(String message) {
            super(message);
        }
    }

    private static final int MAX_DEPTH = 8;
    private static final int EXCERPT = 40;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final String path;
    private final Map<?, ?> members;

    private LineReader(String path, Map<?, ?> members) {
        this.path = path;
        this.members = members;
    }

    static LineReader of(String line) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadLineException("a JSON object is expected");
            }
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new BadLineException("one JSON object is expected, but more follows it");
            }
            return new LineReader("", (Map<?, ?>) value);
        } catch (JacksonException malformed) {
            throw new BadLineException("not well-formed JSON: " + excerpt(malformed.getOriginalMessage()));
        }
    }

    private static Object value(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, Object> object = new LinkedHashMap<>();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                if (parser.nextToken() == JsonToken.VALUE_NULL) {
                    continue;
                }
                object.put(name, value(parser));
            }
            return object;
        }
        if (token == JsonToken.START_ARRAY) {
            List<Object> array = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                array.add(value(parser));
            }
            return array;
        }
        if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            return parser.getDoubleValue();
        }
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return token == JsonToken.VALUE_TRUE;
        }
        return parser.getString();
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    String text(String name) {
        return required(textOrNull(name), name);
    }

    @Nullable String textOrNull(String name) {
        Object value = members.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(name, "a text", value);
    }

    long number(String name) {
        Object value = required(members.get(name), name);
        if (value instanceof Long number) {
            return number;
        }
        throw wrong(name, "an integer", value);
    }

    int count(String name) {
        long number = number(name);
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw wrong(name, "an integer from 0 to 2147483647", number);
        }
        return (int) number;
    }

    @Nullable Double decimalOrNull(String name) {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(name, "a number", value);
    }

    boolean flag(String name) {
        Object value = members.get(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw wrong(name, "true or false", value);
    }

    Duration duration(String name) {
        return required(durationOrNull(name), name);
    }

    @Nullable Duration durationOrNull(String name) {
        String value = textOrNull(name);
        try {
            return value == null ? null : Duration.parse(value);
        } catch (DateTimeException malformed) {
            throw wrong(name, "an ISO 8601 duration such as PT1.5S", value);
        }
    }

    <E extends Enum<E>> E constant(Class<E> type, String name) {
        String value = text(name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
                return constant;
            }
        }
        throw new BadLineException(
                "'" + at(name) + "' is '" + excerpt(value) + "', of which this version knows nothing");
    }

    List<String> texts(String name) {
        Object value = required(members.get(name), name);
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw wrong(name, "an array of texts", value);
    }

    LineReader object(String name) {
        Object value = required(members.get(name), name);
        if (value instanceof Map<?, ?> object) {
            return new LineReader(at(name), object);
        }
        throw wrong(name, "an object", value);
    }

    List<LineReader> objects(String name) {
        Object value = required(members.get(name), name);
        if (value instanceof List<?> list && list.stream().allMatch(Map.class::isInstance)) {
            return list.stream()
                    .map(object -> new LineReader(at(name), (Map<?, ?>) object))
                    .toList();
        }
        throw wrong(name, "an array of objects", value);
    }

    ServerError serverError(String name) {
        LineReader error = object(name);
        return new ServerError(
                error.textOrNull("type"),
                error.textOrNull("code"),
                error.textOrNull("message"),
                error.textOrNull("param"),
                error.textOrNull("event_id"));
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private <T> T required(@Nullable T value, String name) {
        if (value == null) {
            throw new BadLineException("'" + at(name) + "' is missing");
        }
        return value;
    }

    private BadLineException wrong(String name, String expected, @Nullable Object found) {
        return new BadLineException(
                "'" + at(name) + "' must be " + expected + ", not " + excerpt(String.valueOf(found)));
    }

    static String excerpt(@Nullable String text) {
        String whole = text == null ? "" : text;
        return whole.length() <= EXCERPT ? whole : whole.substring(0, EXCERPT) + "…";
    }
}
