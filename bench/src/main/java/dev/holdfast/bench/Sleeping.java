package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** What a node weighs while many runs sleep, in processes of its own. */
record Sleeping() implements Measure {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Override
    public String name() {
        return "sleepers";
    }

    @Override
    public String what() {
        return "many runs that sleep";
    }

    @Override
    public How how() {
        return How.ONCE;
    }

    @Override
    public void round(Setting setting, Sheet sheet) throws IOException, InterruptedException {
        int many = setting.scale().sleepers();
        Path nobody = setting.folders().fresh();
        Path folder = setting.folders().fresh();
        // The first process reads the program from the disk.
        Sleepers.in(nobody, 0, PATIENCE);
        var none = Sleepers.in(nobody, 0, PATIENCE);
        var filled = Sleepers.in(folder, many, PATIENCE);
        var later = Sleepers.in(folder, 0, PATIENCE);
        String load = String.format(Locale.ROOT, "%,d runs that sleep", many);
        write(sheet, load + ", started here", none, filled);
        write(sheet, load + ", since an earlier process", none, later);
        sheet.add(
                new Line(load + ", since an earlier process", "database per run", Unit.BYTES),
                (double) (Database.bytes(folder) - Database.bytes(nobody)) / many);
        Folders.remove(nobody);
        Folders.remove(folder);
    }

    private static void write(Sheet sheet, String load, Sleepers.Cost none, Sleepers.Cost cost) {
        sheet.add(new Line(load, "heap", Unit.MEGABYTES), cost.heap());
        sheet.add(new Line(load, "heap more than without them", Unit.MEGABYTES), cost.heap() - none.heap());
        sheet.add(new Line(load, "resident", Unit.MEGABYTES), cost.resident());
        sheet.add(new Line(load, "resident more than without them", Unit.MEGABYTES), cost.resident() - none.resident());
        sheet.add(new Line(load, "threads", Unit.COUNT), cost.threads());
        sheet.add(new Line(load, "threads more than without them", Unit.COUNT), cost.threads() - none.threads());
        sheet.add(new Line(load, "open after", Unit.MILLIS), cost.millis());
        sheet.add(new Line(load, "open later than without them", Unit.MILLIS), cost.millis() - none.millis());
    }
}
