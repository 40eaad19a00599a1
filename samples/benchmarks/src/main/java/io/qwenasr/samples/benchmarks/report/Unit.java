package io.qwenasr.samples.benchmarks.report;

import java.util.Locale;

/** How figures are written. */
enum Unit {
    NONE(""),
    COUNT(""),
    TIMES("×"),
    PERCENT(" %"),
    MICROS(" µs"),
    MILLIS(" ms"),
    BYTES("");

    private static final double KILO = 1e3;
    private static final double MEGA = 1e6;

    private final String symbol;

    Unit(String symbol) {
        this.symbol = symbol;
    }

    String shown(double value) {
        if (this != BYTES || !Double.isFinite(value)) {
            return bare(value) + symbol;
        }
        double size = Math.abs(value);
        return bare(value) + (size < KILO ? " B" : size < MEGA ? " kB" : " MB");
    }

    /** Returns the number alone; bytes in the unit that suits them. */
    String bare(double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        double size = Math.abs(value);
        if (this == BYTES) {
            return digits(size < KILO ? Math.rint(value) : size < MEGA ? value / KILO : value / MEGA, size < KILO);
        }
        return digits(value, this == COUNT);
    }

    /** Three digits that count, or none behind the point. */
    private static String digits(double value, boolean whole) {
        double size = Math.abs(value);
        String format = whole || size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        String text = String.format(Locale.ROOT, format, value);
        return text.matches("-0(\\.0+)?") ? text.substring(1) : text;
    }
}
