package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Runs that do nothing: what the engine itself costs, and what part of the floor that is. */
record NoopRuns() implements Measure {
    static final int IN_FLIGHT = 500;
    static final int CLIENTS = 50;
    static final int FLOOR_BATCH = 200;
    /** Its start, its claim and its end. */
    static final int CHANGES_PER_RUN = 3;

    static final Line FLOOR =
            new Line("floor, " + FLOOR_BATCH + " runs per transaction", "no-op runs", Unit.PER_SECOND);
    static final Line FLOOR_AT_BATCH =
            new Line("floor at the median batch of 50 clients", "no-op runs", Unit.PER_SECOND);

    static Line runs(int clients) {
        return new Line(load(clients), "runs", Unit.PER_SECOND);
    }

    static Line ofFloor(int clients) {
        return new Line(load(clients), "of the floor", Unit.RATIO);
    }

    static Line batch(int clients) {
        return new Line(load(clients), Trial.MEDIAN_BATCH, Unit.COUNT);
    }

    private static String load(int clients) {
        return clients == IN_FLIGHT ? "no-op, 500 in flight" : "no-op, " + clients + " clients";
    }

    @Override
    public String name() {
        return "noop";
    }

    @Override
    public String what() {
        return "no-op runs, and the floor";
    }

    @Override
    public void round(Setting setting, Sheet sheet) throws IOException, SQLException, InterruptedException {
        double floor = floor(setting, FLOOR_BATCH, sheet, FLOOR);
        clients(setting, IN_FLIGHT, sheet, floor);
        Trial few = trial(setting, CLIENTS, sheet);
        int runsPerCommit = Math.max(1, Math.round(few.batchSize(0.5) / (float) CHANGES_PER_RUN));
        double floorAtBatch = floor(setting, runsPerCommit, sheet, FLOOR_AT_BATCH);
        sheet.add(new Line(FLOOR_AT_BATCH.load(), "runs begun and ended per transaction", Unit.COUNT), runsPerCommit);
        sheet.add(ofFloor(CLIENTS), few.done().perSecond() / floorAtBatch);
    }

    private static void clients(Setting setting, int clients, Sheet sheet, double floor)
            throws IOException, InterruptedException {
        Trial trial = trial(setting, clients, sheet);
        sheet.add(ofFloor(clients), trial.done().perSecond() / floor);
    }

    private static Trial trial(Setting setting, int clients, Sheet sheet) throws IOException, InterruptedException {
        var watch = new Stopwatch(clients);
        Trial trial = Trial.of(setting, new Trial.Load(clients, List.of(watch.handler())), watch::turn);
        String load = load(clients);
        sheet.add(runs(clients), trial.done().perSecond());
        trial.writeBatches(sheet, load);
        watch.write(sheet, load);
        trial.writeCosts(sheet, load);
        return trial;
    }

    private static double floor(Setting setting, int runsPerCommit, Sheet sheet, Line line)
            throws IOException, SQLException {
        Path folder = setting.folders().fresh();
        Database.create(folder);
        long empty = Database.bytes(folder);
        Usage before = Usage.now();
        Floor.Done done;
        try (var floor = new Floor(folder, setting.template())) {
            done = floor.write(runsPerCommit, setting.scale().load());
        }
        Usage usage = Usage.now().since(before);
        sheet.add(line, done.perSecond());
        sheet.add(new Line(line.load(), "CPU per run", Unit.MICROS), usage.cpuNanos() / 1e3 / done.runs());
        sheet.add(
                new Line(line.load(), "database per run", Unit.BYTES),
                (double) (Database.bytes(folder) - empty) / done.runs());
        sheet.add(new Line(line.load(), "written to disk per run", Unit.BYTES), usage.writtenBytes() / done.runs());
        Folders.remove(folder);
        return done.perSecond();
    }
}
