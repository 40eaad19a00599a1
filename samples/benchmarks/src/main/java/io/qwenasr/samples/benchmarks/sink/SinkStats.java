package io.qwenasr.samples.benchmarks.sink;

import java.util.HashMap;
import java.util.Map;

/**
 * What the server saw of one run.
 *
 * @param values counts, and times in nanoseconds, by name
 */
public record SinkStats(Map<String, Long> values) {

    static SinkStats parse(String lines) {
        Map<String, Long> values = new HashMap<>();
        lines.lines().forEach(line -> {
            int equals = line.indexOf('=');
            values.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
        });
        return new SinkStats(values);
    }

    /** Returns a value that must be there. */
    public long get(String name) {
        Long value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the server does not tell '" + name + "'");
        }
        return value;
    }
}
