package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was measured, where and how.
 *
 * @param command that does it again
 * @param machine where it was
 * @param settings of the connection that wrote, as it says itself
 */
record Report(String command, Map<String, String> machine, Map<String, String> settings, Sheet sheet)
        implements Results {
    private static final String PAGE = "sqlite.md";
    private static final String CHART = "sqlite.svg";
    private static final String DATA = "sqlite.json";

    /** For a terminal. */
    @Override
    public String table() {
        var text = new StringBuilder();
        machine.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        text.append("settings of the writing connection: ")
                .append(settingsLine())
                .append('\n');
        text.append(Table.written(sheet));
        List<String> aims = Aims.of(sheet);
        if (!aims.isEmpty())
            text.append("\naims\n  ").append(String.join("\n  ", aims)).append('\n');
        return text.toString();
    }

    @Override
    public String json() {
        var all = new LinkedHashMap<String, Object>();
        all.put("command", command);
        all.put("machine", machine);
        all.put("settings", settings);
        all.put("lines", sheet.lines().stream().map(line -> line(sheet, line)).toList());
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(all);
    }

    /** A line of the data. */
    static Map<String, @Nullable Object> line(Sheet sheet, Line line) {
        var entry = new LinkedHashMap<String, @Nullable Object>();
        entry.put("load", line.load());
        entry.put("name", line.name());
        entry.put("unit", line.unit().name());
        entry.put("median", number(sheet.median(line)));
        entry.put("rounds", sheet.of(line).stream().map(Report::number).toList());
        return entry;
    }

    /** JSON has no word for what is not a number. */
    private static @Nullable Double number(double value) {
        return Double.isNaN(value) ? null : value;
    }

    @Override
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(PAGE), markdown());
        Files.writeString(folder.resolve(CHART), Chart.drawn(sheet));
        Files.writeString(folder.resolve(DATA), json() + "\n");
    }

    private String markdown() {
        var text = new StringBuilder("# One node on SQLite\n\nWritten by\n\n```\n" + command + "\n```\n\n");
        text.append("What each number means: [README.md](README.md). The same as data: [")
                .append(DATA);
        text.append("](")
                .append(DATA)
                .append(").\n\n![Runs per second](")
                .append(CHART)
                .append(")\n\n");
        text.append("## Where\n\n| | |\n|---|---|\n");
        machine.forEach((name, value) ->
                text.append("| ").append(name).append(" | ").append(value).append(" |\n"));
        text.append("| settings of the writing connection | ")
                .append(settingsLine())
                .append(" |\n");
        List<String> aims = Aims.of(sheet);
        if (!aims.isEmpty()) text.append("\n## Aims\n\n");
        for (String aim : aims) text.append("- ").append(aim).append('\n');
        text.append("\n## Measured\n\nMedians of the rounds, which are given beside them.\n");
        return text.append(Table.markdown(sheet)).toString();
    }

    private String settingsLine() {
        return String.join(
                ", ",
                settings.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .toList());
    }
}
