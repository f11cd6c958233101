package dev.holdfast.sqlite;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Run;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.testkit.Changes;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A process of its own that commits from several threads and prints what was acknowledged, until it is killed. */
final class KilledWriter {
    private KilledWriter() {}

    public static void main(String[] arguments) {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var ids = new SystemIds();
        var threads = new SystemThreads();
        var store = SqliteStore.open(Path.of(arguments[0]), new SqliteOptions(threads, new SystemClock(), ids));
        out.println("ready");
        for (int i = 0; i < 8; i++) {
            threads.loop("client-" + i, () -> {
                while (true) {
                    var ledger = store.ledger();
                    var start = Changes.start(ids, ledger.now(), "1");
                    if (ledger.commit(start) instanceof Receipt.Applied) out.println("started " + start.run());
                    var claim = new Claim(store.node(), new Admission(Map.of("t", "1"), 1), 1);
                    for (var claimed : ledger.claim(claim)) {
                        Run run = claimed.run();
                        out.println("claimed " + run.id() + " " + run.fence().epoch());
                        var by = new Fence.By(run.fence().epoch(), store.node());
                        var chunk = new Item.Chunk(Source.step(StepKey.of(1), 1), "1");
                        var number = store.stream()
                                .append(List.of(new StreamLog.Append(
                                        run.id(), by, StreamLog.Place.opening(0), List.of(chunk))));
                        if (number.getFirst() instanceof Appended.At) out.println("appended " + run.id() + " 1");
                        if (ledger.commit(Changes.succeed(ids, ledger.now(), run, "2")) instanceof Receipt.Applied) {
                            out.println("finished " + run.id());
                        }
                    }
                }
            });
        }
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
