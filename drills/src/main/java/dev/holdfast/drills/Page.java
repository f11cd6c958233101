package dev.holdfast.drills;

import dev.holdfast.drills.Look.Tone;
import java.util.List;
import java.util.Locale;

/** A report for people, from top to bottom. */
final class Page {
    private static final int LABEL = 14;

    private final Look look;
    private final StringBuilder text = new StringBuilder("\n");

    Page(Look look) {
        this.look = look;
    }

    /** What was done, in a line. */
    void title(String drill, List<String> sizes) {
        String dot = look.signs().isUnicode() ? " · " : ", ";
        text.append("  ")
                .append(look.paint("holdfast drill " + drill, Tone.STRONG))
                .append(look.paint("   " + String.join(dot, sizes), Tone.FAINT))
                .append("\n\n");
    }

    void picture(Picture picture) {
        text.append(picture.drawn()).append('\n');
    }

    void line(String label, String what) {
        text.append("  ")
                .append(look.paint(label + " ".repeat(LABEL - label.length()), Tone.FAINT))
                .append(what)
                .append('\n');
    }

    /**
     * @param held what can be said if nothing was violated
     * @param evidence the folder in which it is kept, or empty
     * @param kept what is kept there
     */
    void verdict(String held, List<String> violations, String evidence, String kept) {
        text.append("\n  ");
        if (violations.isEmpty()) {
            text.append(look.paint(" HELD ", Tone.HELD))
                    .append("  ")
                    .append(wrapped(held, 10))
                    .append('\n');
        } else {
            text.append(look.paint(" VIOLATED ", Tone.VIOLATED))
                    .append("  ")
                    .append(many(violations.size(), "finding"))
                    .append(":\n");
            for (String violation : violations) {
                text.append("    - ").append(wrapped(violation, 6)).append('\n');
            }
        }
        if (!evidence.isEmpty()) {
            text.append("\n  ").append(kept).append(" are in ").append(evidence).append('\n');
        }
    }

    /** Breaks at blanks, so that no line is wider than the terminal. */
    private String wrapped(String sentence, int indent) {
        int room = Math.max(30, Math.min(look.width(), 120) - indent - 2);
        var lines = new StringBuilder();
        int column = 0;
        for (String word : sentence.split(" ", -1)) {
            if (column > 0 && column + 1 + word.length() > room) {
                lines.append('\n').append(" ".repeat(indent));
                column = 0;
            }
            if (column > 0) lines.append(' ');
            lines.append(word);
            column += word.length() + 1;
        }
        return lines.toString();
    }

    String written() {
        return text.toString();
    }

    static String many(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.2f s", millis / 1_000.0);
    }
}
