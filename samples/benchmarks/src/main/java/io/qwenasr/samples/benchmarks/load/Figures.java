package io.qwenasr.samples.benchmarks.load;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one run of a scenario came to.
 *
 * @param values figures by name
 * @param note what a figure cannot say, such as how a session failed; empty if there is nothing
 */
public record Figures(Map<String, Double> values, String note) {

    private static final String NOTE = "note";

    static Figures none() {
        return new Figures(new LinkedHashMap<>(), "");
    }

    /** Returns a first figure, to which more can be added. */
    public static Figures of(String name, double value) {
        return none().with(name, value);
    }

    /** Returns no figure, and why there is none. */
    public static Figures failed(String note) {
        return new Figures(new LinkedHashMap<>(), note);
    }

    /** Adds a figure. */
    public Figures with(String name, double value) {
        values.put(name, value);
        return this;
    }

    Figures with(String name, long value) {
        return with(name, (double) value);
    }

    Figures noting(String text) {
        return new Figures(values, text);
    }

    String line() {
        String figures = values.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(" "));
        return figures + " " + NOTE + "=" + URLEncoder.encode(note, StandardCharsets.UTF_8);
    }

    static Figures parse(String line) {
        Figures figures = none();
        String note = "";
        for (String pair : line.trim().split(" ", -1)) {
            int equals = pair.indexOf('=');
            String name = pair.substring(0, equals);
            String value = pair.substring(equals + 1);
            if (name.equals(NOTE)) {
                note = URLDecoder.decode(value, StandardCharsets.UTF_8);
            } else {
                figures.with(name, Double.parseDouble(value));
            }
        }
        return figures.noting(note);
    }
}
