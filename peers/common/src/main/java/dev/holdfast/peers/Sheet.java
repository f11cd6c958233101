package dev.holdfast.peers;

import java.io.PrintStream;
import java.util.Locale;

/** Writes what was measured, a line of JSON each. Units are the names that the benchmark knows. */
final class Sheet {
    private final PrintStream out;

    Sheet(PrintStream out) {
        this.out = out;
    }

    /** @param value NaN if there was none */
    void figure(String load, String name, String unit, double value) {
        String number = Double.isFinite(value) ? String.format(Locale.ROOT, "%.6f", value) : "null";
        line("{\"load\":" + quoted(load) + ",\"name\":" + quoted(name) + ",\"unit\":" + quoted(unit) + ",\"value\":"
                + number + "}");
    }

    void setting(String name, String value) {
        line("{\"setting\":" + quoted(name) + ",\"value\":" + quoted(value) + "}");
    }

    /** A sentence that belongs to a figure. */
    void note(String load, String text) {
        line("{\"load\":" + quoted(load) + ",\"note\":" + quoted(text) + "}");
    }

    private synchronized void line(String json) {
        out.println(json);
        out.flush();
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') quoted.append('\\').append(c);
            else if (c < ' ') quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }
}
