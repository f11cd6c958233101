package dev.holdfast.server;

import java.util.Map;

/**
 * One number about a node, for {@code /metrics}.
 *
 * @param kind whether it only grows
 * @param name with dots, in lower case; figures with the same name differ in their labels
 * @param help one sentence
 * @param labels what tells it apart from others of its name
 * @param value the newest
 */
record Figure(Kind kind, String name, String help, Map<String, String> labels, long value) {
    enum Kind {
        /** Only grows, from 0 when the node was opened. */
        COUNTER,
        /** Goes up and down. */
        GAUGE
    }

    Figure {
        labels = Map.copyOf(labels);
    }

    static Figure counter(String name, String help, Map<String, String> labels, long value) {
        return new Figure(Kind.COUNTER, name, help, labels, value);
    }

    static Figure gauge(String name, String help, Map<String, String> labels, long value) {
        return new Figure(Kind.GAUGE, name, help, labels, value);
    }
}
