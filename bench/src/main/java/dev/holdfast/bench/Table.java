package dev.holdfast.bench;

import java.util.List;
import java.util.Locale;

/** The sheet as text: the median of each line, and the rounds it was taken from. */
final class Table {
    private Table() {}

    static String written(Sheet sheet) {
        var text = new StringBuilder();
        int width =
                sheet.lines().stream().mapToInt(l -> l.name().length()).max().orElse(0);
        for (String load : sheet.loads()) {
            text.append('\n').append(load).append('\n');
            for (Line line : sheet.lines(load)) {
                text.append("  ")
                        .append(line.name())
                        .append(" ".repeat(width - line.name().length()));
                text.append(String.format(Locale.ROOT, "%14s", line.unit().write(sheet.median(line))));
                String rounds = rounds(line, sheet.of(line));
                if (!rounds.isEmpty()) text.append("   (").append(rounds).append(')');
                text.append('\n');
            }
        }
        return text.toString();
    }

    static String markdown(Sheet sheet) {
        var text = new StringBuilder();
        for (String load : sheet.loads()) {
            text.append("\n### ").append(load).append("\n\n| | median | rounds |\n|---|---:|---|\n");
            for (Line line : sheet.lines(load)) {
                text.append("| ").append(line.name()).append(" | ");
                text.append(line.unit().write(sheet.median(line))).append(" | ");
                text.append(rounds(line, sheet.of(line))).append(" |\n");
            }
        }
        return text.toString();
    }

    private static String rounds(Line line, List<Double> values) {
        if (values.size() < 2) return "";
        return String.join(", ", values.stream().map(v -> line.unit().write(v)).toList());
    }
}
