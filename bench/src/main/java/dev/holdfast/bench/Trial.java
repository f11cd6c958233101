package dev.holdfast.bench;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Hosted;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One node on an empty ledger, after clients have used it.
 *
 * @param done what the clients have done
 * @param batchSizes how many transactions had exactly so many changes
 * @param usage from the opening of the node to its close, the last checkpoint included
 * @param writerNanos CPU of the one thread that writes: what has to stay below a second per second
 * @param grown by how much the database is larger, in bytes
 */
record Trial(Clients.Done done, Map<Integer, Long> batchSizes, Usage usage, long writerNanos, long grown) {
    private static final String WRITER = "holdfast-ledger";

    static final String MEDIAN_BATCH = "changes per transaction, p50";

    /** @param clients how many, each of which always has one run under way */
    record Load(int clients, List<? extends Hosted> hosted) {}

    /** What a client of this node does in one turn. */
    @FunctionalInterface
    interface Turn {
        void take(Holdfast holdfast, int client) throws Exception;
    }

    static Trial of(Setting setting, Load load, Turn turn) throws IOException, InterruptedException {
        Path folder = setting.folders().fresh();
        Database.create(folder);
        long empty = Database.bytes(folder);
        Usage before = Usage.now();
        var options = NodeOptions.defaults().engine(EngineOptions.defaults().slots(setting.slots()));
        Clients.Done done;
        Map<Integer, Long> sizes;
        long writer;
        try (var holdfast = Holdfast.open(folder, options, load.hosted())) {
            Duration limit = setting.scale().load();
            done = Clients.busy(load.clients(), limit, client -> turn.take(holdfast, client));
            sizes = holdfast.figures().batchSizes();
            writer = Usage.cpuNanosOf(WRITER);
        }
        var trial = new Trial(done, sizes, Usage.now().since(before), writer, Database.bytes(folder) - empty);
        Folders.remove(folder);
        return trial;
    }

    /** The size that so large a part of the batches do not exceed. */
    int batchSize(double part) {
        long all = batchSizes.values().stream().mapToLong(n -> n).sum();
        long seen = 0;
        for (var size : new TreeMap<>(batchSizes).entrySet()) {
            seen += size.getValue();
            if (seen >= part * all) return size.getKey();
        }
        return 0;
    }

    private double meanBatch() {
        long all = batchSizes.values().stream().mapToLong(n -> n).sum();
        double changes = batchSizes.entrySet().stream()
                .mapToDouble(e -> (double) e.getKey() * e.getValue())
                .sum();
        return changes / all;
    }

    void writeBatches(Sheet sheet, String load) {
        sheet.add(new Line(load, MEDIAN_BATCH, Unit.COUNT), batchSize(0.5));
        sheet.add(new Line(load, "changes per transaction, p90", Unit.COUNT), batchSize(0.9));
        sheet.add(new Line(load, "changes per transaction, mean", Unit.COUNT), meanBatch());
    }

    /** What each turn has cost. */
    void writeCosts(Sheet sheet, String load) {
        double turns = done.turns();
        sheet.add(new Line(load, "CPU per run, clients included", Unit.MICROS), usage.cpuNanos() / 1e3 / turns);
        sheet.add(new Line(load, "CPU per run, the writing thread alone", Unit.MICROS), writerNanos / 1e3 / turns);
        sheet.add(new Line(load, "database per run", Unit.BYTES), grown / turns);
        sheet.add(new Line(load, "written to disk per run", Unit.BYTES), usage.writtenBytes() / turns);
    }
}
