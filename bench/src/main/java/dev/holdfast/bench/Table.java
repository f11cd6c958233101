package dev.holdfast.bench;

import java.util.List;
import java.util.Locale;

/** The sheet as text: the median of each line, and how far apart the rounds were. */
final class Table {
    private Table() {}

    static String written(Sheet sheet) {
        var text = new StringBuilder();
        int width =
                sheet.lines().stream().mapToInt(l -> l.name().length()).max().orElse(0);
        String load = "";
        for (Line line : sheet.lines()) {
            if (!line.load().equals(load)) text.append('\n').append(line.load()).append('\n');
            load = line.load();
            text.append("  ")
                    .append(line.name())
                    .append(" ".repeat(width - line.name().length() + 2));
            text.append(String.format(Locale.ROOT, "%16s", line.unit().write(sheet.median(line))));
            text.append("   ").append(rounds(line, sheet.of(line))).append('\n');
        }
        return text.toString();
    }

    private static String rounds(Line line, List<Double> values) {
        if (values.size() < 2) return "";
        return String.join("  ", values.stream().map(v -> line.unit().write(v)).toList());
    }
}
