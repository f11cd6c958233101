package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.StreamLog.Append;
import dev.holdfast.engine.port.StreamLog.Place;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localnats.NeedsNats;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.nats.NatsOptions;
import dev.holdfast.postgres.PgCluster;
import dev.holdfast.postgres.PgMember;
import dev.holdfast.postgres.PostgresOptions;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.sqlite.SqliteOptions;
import dev.holdfast.sqlite.SqliteStore;
import dev.holdfast.testkit.Changes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Prints what appending costs, in each log: {@code -Dfigures=true}. What is measured is one writer, as each node has one. */
@NeedsNats
@EnabledIfSystemProperty(named = "figures", matches = "true")
final class StreamFiguresTest {
    private static final Duration LONG = Duration.ofSeconds(6);
    private static final SystemIds IDS = new SystemIds();
    private static final Item CHUNK = new Item.Chunk(Source.step(StepKey.of(1), 1), "\"" + "x".repeat(40) + "\"");

    @Test
    void sqlite(@TempDir Path folder) {
        var options = new SqliteOptions(new SystemThreads(), new SystemClock(), IDS);
        try (var store = SqliteStore.open(folder, options)) {
            print("SQLite", store.ledger(), store.stream(), store.node());
        }
    }

    @Test
    void postgres() {
        try (var site = Site.open()) {
            print("PostgreSQL", site.member().ledger(), site.member().stream(), site.node());
        }
    }

    @Test
    void nats() {
        nats("NATS, one server, files", LocalNats.single());
        nats("NATS, three servers, files", LocalNats.cluster(3));
    }

    private static void nats(String what, LocalNats nats) {
        try (nats;
                var site = Site.open();
                var streams = JetStreams.of(site.cluster(), NatsOptions.at(nats.url()), new SystemThreads());
                var log = streams.of(site.member())) {
            print(what, site.member().ledger(), log, site.node());
        }
    }

    /** A member without an engine, which would give back what it does not execute. */
    private record Site(TestDatabase database, PgCluster cluster, PgMember member) implements AutoCloseable {
        static Site open() {
            var database = TestDatabase.fresh();
            var outside = new PostgresPorts(new SystemThreads(), new SystemClock(), IDS);
            var cluster = PgCluster.open(new PostgresOptions(database.url().toString()), outside);
            return new Site(database, cluster, cluster.join("figures", "", new Quiet()));
        }

        Holder node() {
            return member.membership().node();
        }

        @Override
        public void close() {
            member.leave();
            cluster.close();
            database.close();
        }
    }

    private static void print(String what, Ledger ledger, StreamLog log, Holder node) {
        for (int[] shape : new int[][] {{1, 1}, {1, 100}, {64, 1}, {64, 10}}) {
            measure(ledger, log, node, shape, Duration.ofSeconds(2));
            System.out.println(what + ", " + measure(ledger, log, node, shape, LONG));
        }
    }

    /** @param shape so many runs in each append, and so many chunks of each */
    private static String measure(Ledger ledger, StreamLog log, Holder node, int[] shape, Duration time) {
        List<Run> runs = runs(ledger, node, shape[0]);
        var took = new ArrayList<Long>();
        long last = 0;
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < time.toNanos()) {
            var appends = new ArrayList<Append>();
            for (Run run : runs) {
                var by = new Fence.By(run.fence().epoch(), node);
                appends.add(new Append(run.id(), by, new Place(0, last), Collections.nCopies(shape[1], CHUNK)));
            }
            long before = System.nanoTime();
            var answers = log.append(appends);
            took.add(System.nanoTime() - before);
            last += shape[1];
            assertThat(answers).containsOnly(new Appended.At(last));
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        Collections.sort(took);
        return "%d runs, %d chunks each: %,.0f chunks/s, append p50 %.2f ms, p99 %.2f ms"
                .formatted(
                        shape[0],
                        shape[1],
                        last * shape[0] / seconds,
                        took.get(took.size() / 2) / 1e6,
                        took.get(took.size() * 99 / 100) / 1e6);
    }

    private static List<Run> runs(Ledger ledger, Holder node, int many) {
        for (int i = 0; i < many; i++) ledger.commit(Changes.start(IDS, ledger.now(), "1"));
        var given = ledger.claim(new Claim(node, new Admission(Map.of("t", "1"), many), many));
        assertThat(given).hasSize(many);
        return given.stream().map(claimed -> claimed.run()).toList();
    }
}
