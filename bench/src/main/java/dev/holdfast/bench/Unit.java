package dev.holdfast.bench;

import java.util.Locale;

/** How a figure is written. */
enum Unit {
    PER_SECOND("%,.0f", "/s"),
    COUNT("%,.0f", ""),
    RATIO("%.0f", " %"),
    /** Of something that most often is not a whole number. */
    FRACTION("%,.1f", ""),
    MILLIS("%,.2f", " ms"),
    SECONDS("%,.1f", " s"),
    MICROS("%,.0f", " µs"),
    BYTES("%,.0f", " B"),
    MEGABYTES("%,.0f", " MB");

    private final String format;
    private final String suffix;

    Unit(String format, String suffix) {
        this.format = format;
        this.suffix = suffix;
    }

    /** A ratio of 0.4 is written as 40 %. */
    String write(double value) {
        if (Double.isNaN(value)) return "-";
        return String.format(Locale.ROOT, format, this == RATIO ? value * 100 : value) + suffix;
    }
}
