package dev.holdfast.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database with data survives a migration. The data is made by this version's own code, the next version is a test's. */
final class MigrationTest {
    private static final Schema NEXT =
            new Schema(List.of("classpath:dev/holdfast/sqlite", "classpath:later"), Schema.CURRENT.version() + 1);

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final SeededIds ids = new SeededIds(1, clock);

    private record Seen(RunView view, List<Entry> stream) {}

    private SqliteStore open(Schema schema) {
        return SqliteStore.open(folder, new SqliteOptions(new SystemThreads(), clock, ids), schema);
    }

    @Test
    void whatWasWrittenBeforeAMigrationIsThereAfterIt() {
        var before = new TreeMap<RunId, Seen>();
        try (SqliteStore store = open(Schema.CURRENT)) {
            fill(store);
            for (var run : store.ledger().reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, 999)) {
                before.put(run.id(), see(store, run.id()));
            }
        }
        assertThat(before).hasSize(50);
        try (SqliteStore store = open(NEXT)) {
            before.forEach((id, seen) -> assertThat(see(store, id)).isEqualTo(seen));
            fill(store);
        }
        before.values().removeIf(seen -> seen.view().run().state() == RunState.QUEUED);
        assertThat(before).hasSize(30);
        try (SqliteStore store = open(NEXT)) {
            before.forEach((id, seen) -> assertThat(see(store, id)).isEqualTo(seen));
            assertThat(store.node().number()).isEqualTo(3);
        }
    }

    @Test
    void anOlderProgramIsTurnedAwayAfterwards() {
        open(NEXT).close();
        assertThatThrownBy(() -> open(Schema.CURRENT))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("schema_too_new"));
    }

    /** Rows as a program wrote them that knew no lanes. */
    @Test
    void whatWaitedBeforeThereWereLanesIsClaimedInItsOrder() throws Exception {
        Files.createDirectories(folder);
        String url = "jdbc:sqlite:" + folder.resolve(Database.FILE);
        Flyway.configure()
                .dataSource(url, null, null)
                .locations("classpath:dev/holdfast/sqlite")
                .target("2")
                .load()
                .migrate();
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            for (int i = 1; i <= 3; i++) statement.execute(old(i, "QUEUED", "NULL", "" + (10 - i)));
            statement.execute(old(4, "QUEUED", "1", "1"));
            statement.execute(old(5, "RUNNING", "1", "NULL"));
        }
        try (SqliteStore store = open(Schema.CURRENT)) {
            var admission = new Admission(Map.of("t", "1"), 9);
            assertThat(store.ledger().claim(new Claim(store.node(), admission, 9)))
                    .extracting(claimed -> claimed.run().id())
                    .as("one that comes back first, then by their places")
                    .containsExactly(id(4), id(3), id(2), id(1));
            assertThat(store.ledger().orphans(store.node(), 9))
                    .singleElement()
                    .satisfies(run -> assertThat(run.id()).isEqualTo(id(5)))
                    .satisfies(run -> assertThat(run.place().lane()).isNull());
            assertThat(store.ledger().reads().queues(Namespace.DEFAULT))
                    .singleElement()
                    .satisfies(queue -> assertThat(queue.executing()).isEqualTo(5));
        }
    }

    private static RunId id(int number) {
        return new RunId(0, number);
    }

    private static String old(int number, String state, String started, String claimAt) {
        boolean held = state.equals("RUNNING");
        return "INSERT INTO runs (id, namespace, task, version, policy, queue, place, state, cancelled, epoch, seq,"
                + " attempt, losses, losses_alone, created, started, claim_at, holder_kind, holder_number,"
                + " holder_incarnation) VALUES (x'" + "%032x".formatted(number) + "', 'default', 't', '1',"
                + " '3 1.0 2.0 60.0 0.1 5.0 -', 'default', " + (10 - number) + ", '" + state
                + "', 0, 0, 1, 1, 0, 0, 1, "
                + started + ", " + claimAt + (held ? ", 'NODE', 99, 99)" : ", NULL, NULL, NULL)");
    }

    private static Seen see(SqliteStore store, RunId id) {
        return new Seen(
                store.ledger().reads().view(Namespace.DEFAULT, id).orElseThrow(),
                store.stream().read(id, 0, 99).entries());
    }

    private void fill(SqliteStore store) {
        for (int i = 0; i < 50; i++) {
            assertThat(store.ledger().commit(Changes.start(ids, clock.now(), "[" + i + "]")))
                    .isInstanceOf(Receipt.Applied.class);
        }
        var admission = new Admission(Map.of("t", "1"), 30);
        for (var claimed : store.ledger().claim(new Claim(store.node(), admission, 30))) {
            var by = new Fence.By(claimed.run().fence().epoch(), store.node());
            var chunk = new Item.Chunk(Source.step(StepKey.of(1), 1), "\"some text\"");
            var rewind = new Item.Rewind(List.of(Source.step(StepKey.of(1), 1)));
            store.stream()
                    .append(List.of(new StreamLog.Append(
                            claimed.run().id(), by, StreamLog.Place.opening(0), List.of(chunk, rewind))));
            if (claimed.input().endsWith("0]")) continue;
            store.ledger().commit(Changes.succeed(ids, clock.now(), claimed.run(), "\"done\""));
        }
    }
}
