package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Contenders side by side.
 *
 * @param command that does it again
 * @param machine where it was
 */
record PeerReport(String command, Map<String, String> machine, PeerSheet sheet) implements Results {
    private static final String PAGE = "peers.md";
    private static final String CHART = "peers.svg";
    private static final String DATA = "peers.json";

    /** For a terminal. */
    @Override
    public String table() {
        var text = new StringBuilder();
        machine.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        for (Contender each : sheet.contenders()) {
            text.append('\n').append(each.name()).append('\n');
            sheet.settings(each)
                    .forEach((name, value) -> text.append("  ")
                            .append(name)
                            .append(": ")
                            .append(value)
                            .append('\n'));
        }
        int width = sheet.loads().stream()
                .flatMap(load -> sheet.lines(load).stream())
                .mapToInt(line -> line.name().length())
                .max()
                .orElse(0);
        for (String load : sheet.loads()) {
            text.append(String.format(Locale.ROOT, "\n%-" + (width + 2) + "s", load));
            for (Contender each : sheet.contenders()) text.append(String.format(Locale.ROOT, "%16s", each.name()));
            text.append('\n');
            for (Line line : sheet.lines(load)) {
                text.append(String.format(Locale.ROOT, "  %-" + width + "s", line.name()));
                for (Contender each : sheet.contenders()) {
                    text.append(String.format(Locale.ROOT, "%16s", median(each, line)));
                }
                text.append('\n');
            }
        }
        if (!sheet.notes().isEmpty()) text.append('\n');
        for (String note : sheet.notes()) text.append(note).append('\n');
        return text.toString();
    }

    private String median(Contender contender, Line line) {
        return line.unit().write(sheet.of(contender).median(line));
    }

    @Override
    public String json() {
        var all = new LinkedHashMap<String, Object>();
        all.put("command", command);
        all.put("machine", machine);
        all.put("notes", sheet.notes());
        all.put("peers", sheet.contenders().stream().map(this::contender).toList());
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(all);
    }

    private Map<String, Object> contender(Contender each) {
        var entry = new LinkedHashMap<String, Object>();
        entry.put("name", each.name());
        entry.put("settings", sheet.settings(each));
        Sheet own = sheet.of(each);
        entry.put(
                "lines",
                own.lines().stream().map(line -> Report.line(own, line)).toList());
        return entry;
    }

    @Override
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(PAGE), markdown());
        Files.writeString(folder.resolve(CHART), chart());
        Files.writeString(folder.resolve(DATA), json() + "\n");
    }

    private String markdown() {
        var text = new StringBuilder("# Side by side on PostgreSQL\n\nWritten by\n\n```\n" + command + "\n```\n\n");
        text.append("What each number means: [README.md](README.md). The same as data, with all rounds: [")
                .append(DATA)
                .append("](")
                .append(DATA)
                .append(").\n\n![Runs per second](")
                .append(CHART)
                .append(")\n\n## Where\n\n| | |\n|---|---|\n");
        machine.forEach((name, value) -> row(text, List.of(name, value)));
        text.append("\n## How each of them is set up\n\n");
        heading(text, "");
        for (String name : settingNames()) {
            var row = new ArrayList<>(List.of(name));
            for (Contender each : sheet.contenders())
                row.add(sheet.settings(each).getOrDefault(name, ""));
            row(text, row);
        }
        text.append(
                "\n## Measured\n\nMedians of the rounds. A dash: not within the time that was waited, or not there.\n");
        for (String load : sheet.loads()) {
            text.append("\n### ").append(load).append("\n\n");
            heading(text, ":");
            for (Line line : sheet.lines(load)) {
                var row = new ArrayList<>(List.of(line.name()));
                for (Contender each : sheet.contenders()) row.add(median(each, line));
                row(text, row);
            }
        }
        if (!sheet.notes().isEmpty()) text.append('\n');
        for (String note : sheet.notes()) text.append("- ").append(note).append('\n');
        return text.toString();
    }

    private List<String> settingNames() {
        return sheet.contenders().stream()
                .flatMap(each -> sheet.settings(each).keySet().stream())
                .distinct()
                .toList();
    }

    private void heading(StringBuilder text, String right) {
        var names = new ArrayList<>(List.of(""));
        for (Contender each : sheet.contenders()) names.add(each.name());
        row(text, names);
        text.append("|---|")
                .append(("---" + right + "|").repeat(names.size() - 1))
                .append('\n');
    }

    private static void row(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private String chart() {
        var bars = new ArrayList<Chart.Bar>();
        for (String load : sheet.loads()) {
            Line rate = sheet.lines(load).stream()
                    .filter(line -> line.name().equals("runs") || line.name().startsWith("executed"))
                    .findFirst()
                    .orElse(null);
            if (rate == null) continue;
            for (Contender each : sheet.contenders()) {
                bars.add(new Chart.Bar(each.name() + ", " + load, sheet.of(each).median(rate), Chart.FLOOR));
            }
        }
        return Chart.bars("Runs per second, side by side on PostgreSQL", "runs per second", bars);
    }
}
