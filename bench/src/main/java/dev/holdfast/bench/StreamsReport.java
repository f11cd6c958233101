package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was measured of streams.
 *
 * @param command that does it again
 * @param machine where it was
 */
record StreamsReport(String command, Map<String, String> machine, Sheet sheet) implements Results {
    private static final String PAGE = "streams.md";
    private static final String CHART = "streams.svg";
    private static final String DATA = "streams.json";

    /** For a terminal. */
    @Override
    public String table() {
        var text = new StringBuilder();
        machine.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        return text.append(Table.written(sheet)).toString();
    }

    @Override
    public String json() {
        var all = new LinkedHashMap<String, Object>();
        all.put("command", command);
        all.put("machine", machine);
        all.put(
                "lines",
                sheet.lines().stream().map(line -> Report.line(sheet, line)).toList());
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(all);
    }

    @Override
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(PAGE), markdown());
        Files.writeString(folder.resolve(CHART), chart());
        Files.writeString(folder.resolve(DATA), json() + "\n");
    }

    private String markdown() {
        var text = new StringBuilder("# Streams\n\nWritten by\n\n```\n" + command + "\n```\n\n");
        text.append("What each number means: [README.md](README.md#streams). The same as data: [")
                .append(DATA)
                .append("](")
                .append(DATA)
                .append(").\n\n![Chunks per second](")
                .append(CHART)
                .append(")\n\n## Where\n\n| | |\n|---|---|\n");
        machine.forEach((name, value) ->
                text.append("| ").append(name).append(" | ").append(value).append(" |\n"));
        text.append("\n## Measured\n\nMedians of the rounds, which are given beside them.\n");
        return text.append(Table.markdown(sheet)).toString();
    }

    private String chart() {
        List<Chart.Bar> bars = sheet.lines().stream()
                .filter(line -> line.name().equals(StreamLoad.CHUNKS))
                .map(line -> new Chart.Bar(line.load(), sheet.median(line), Chart.OURS))
                .toList();
        return Chart.bars("Chunks that reach their watchers, per second", "chunks per second, at all watchers", bars);
    }
}
