package dev.holdfast.bench;

import dev.holdfast.core.RunId;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Many runs whose retention is over are removed, while clients go on: what that costs the clients. */
record Discarding() implements Measure {
    private static final int CLIENTS = 8;
    /** Younger ones are those of the clients. */
    private static final Duration RETENTION = Duration.ofSeconds(3);

    private static final Duration PIECE = Duration.ofMillis(250);
    private static final String FIRST = "SELECT id FROM runs ORDER BY id LIMIT 1";

    @Override
    public String name() {
        return "retention";
    }

    @Override
    public String what() {
        return "old runs are removed beside the work";
    }

    @Override
    public How how() {
        return How.ONCE;
    }

    @Override
    public void round(Setting setting, Sheet sheet) throws IOException, SQLException, InterruptedException {
        Path folder = setting.folders().fresh();
        Database.create(folder);
        long old = 10L * setting.scale().sleepers();
        RunId last;
        try (var floor = new Floor(folder, setting.template())) {
            last = floor.write(old);
        }
        Thread.sleep(RETENTION.toMillis());
        String load = "%,d old runs are removed, %d clients".formatted(old, CLIENTS);
        var alone = new Stopwatch(CLIENTS);
        try (var holdfast = open(folder, setting, Duration.ofDays(30), alone)) {
            var done = Clients.busy(CLIENTS, setting.scale().load(), client -> alone.turn(holdfast, client));
            sheet.add(new Line(load, "runs of the clients before", Unit.PER_SECOND), done.perSecond());
        }
        var beside = new Stopwatch(CLIENTS);
        long begun = System.nanoTime();
        long turns = 0;
        try (var holdfast = open(folder, setting, RETENTION, beside);
                Connection connection = Database.connect(folder)) {
            do
                turns += Clients.busy(CLIENTS, PIECE, client -> beside.turn(holdfast, client))
                        .turns();
            while (isThere(connection, last));
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        sheet.add(new Line(load, "runs of the clients meanwhile", Unit.PER_SECOND), turns / seconds);
        sheet.add(new Line(load, "removed", Unit.PER_SECOND), old / seconds);
        sheet.add(new Line(load, "until all are gone", Unit.MILLIS), seconds * 1e3);
        alone.write(sheet, load + ": before");
        beside.write(sheet, load + ": meanwhile");
        Folders.remove(folder);
    }

    private static Holdfast open(Path folder, Setting setting, Duration retention, Stopwatch watch) {
        var engine = EngineOptions.defaults().slots(setting.slots()).retention(retention);
        return Holdfast.open(folder, NodeOptions.defaults().engine(engine), List.of(watch.handler()));
    }

    /** They go in the order of their ids. */
    private static boolean isThere(Connection connection, RunId last) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(FIRST)) {
            return rows.next() && Photograph.id(rows.getBytes(1)).compareTo(last) <= 0;
        }
    }
}
