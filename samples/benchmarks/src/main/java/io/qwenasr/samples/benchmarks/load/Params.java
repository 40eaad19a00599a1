package io.qwenasr.samples.benchmarks.load;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a worker is asked to do, as one line of text.
 *
 * @param values names and values, without white space
 */
record Params(Map<String, String> values) {

    static Params of(String scenario) {
        return new Params(Map.of("scenario", scenario));
    }

    static Params parse(String line) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : line.split(" ", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not name=value: '" + pair + "' in '" + line + "'");
            }
            values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return new Params(values);
    }

    Params with(String name, Object value) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(name, value.toString());
        return new Params(more);
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("there is no '" + name + "' in '" + line() + "'");
        }
        return value;
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(values.getOrDefault(name, "false"));
    }

    String line() {
        return values.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(" "));
    }
}
