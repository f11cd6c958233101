package dev.holdfast.bench;

import dev.holdfast.drills.DrillCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How long runs rest when their process is killed: the figures of {@code holdfast drill crash}, which must hold. */
record Kills() implements Measure {
    private static final String LOAD = "kill -9 of a server";

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public String what() {
        return "kill -9 of a server, again and again";
    }

    @Override
    public How how() {
        return How.ONCE;
    }

    @Override
    public void round(Setting setting, Sheet sheet) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = new CommandLine(new DrillCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(
                        "crash",
                        "--json",
                        "--runs",
                        "1",
                        "--kills",
                        "" + setting.scale().kills());
        if (exit != 0) throw new IllegalStateException("holdfast drill crash ended with " + exit + ": " + err + out);
        JsonNode figures = JsonMapper.shared().readTree(out.toString()).path("figures");
        write(sheet, "kill until served again", figures.path("backMillis"));
        write(sheet, "kill until the next step is seen", figures.path("resumedMillis"));
    }

    private static void write(Sheet sheet, String name, JsonNode sorted) {
        List<Double> times = new ArrayList<>();
        sorted.forEach(each -> times.add(each.asDouble()));
        if (times.isEmpty()) return;
        sheet.add(new Line(LOAD, name + ", p50", Unit.MILLIS), times.get(times.size() / 2));
        sheet.add(new Line(LOAD, name + ", longest", Unit.MILLIS), times.getLast());
    }
}
