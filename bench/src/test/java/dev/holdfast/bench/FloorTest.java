package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.node.Holdfast;
import dev.holdfast.sdk.Handler;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The floor is only worth something if it writes what Holdfast writes. */
class FloorTest {
    private static final int RUNS_PER_COMMIT = 7;
    private static final Duration SHORT = Duration.ofMillis(30);

    @TempDir
    Path folder;

    @Test
    void a_run_of_the_floor_looks_like_one_of_holdfast() throws Exception {
        Path real = folder.resolve("real");
        RunId ofHoldfast;
        try (var holdfast = Holdfast.open(real, noop())) {
            var run = holdfast.start(Work.NOOP, 17);
            run.join();
            ofHoldfast = run.id();
        }
        Path bare = folder.resolve("bare");
        floor(bare);
        RunId ofFloor = newest(bare);

        assertThat(shape(ofFloor, bare))
                .as("tables, rows, columns that are not null, and what is in them")
                .isEqualTo(shape(ofHoldfast, real));
        assertThat(shape(ofFloor, bare).keySet()).contains("runs", "run_payloads", "snapshots");
    }

    @Test
    void a_run_of_the_floor_has_as_many_rows_in_every_table() throws Exception {
        int runs = 40;
        Path real = folder.resolve("real");
        try (var holdfast = Holdfast.open(real, noop())) {
            for (int i = 0; i < runs; i++)
                holdfast.start(Work.NOOP, i % 10 + 10).join();
        }
        Path bare = folder.resolve("bare");
        long written = floor(bare).runs();

        assertThat(written).isGreaterThanOrEqualTo(RUNS_PER_COMMIT);
        assertThat(rowsPerRun(bare, written)).isEqualTo(rowsPerRun(real, runs));
    }

    @Test
    void holdfast_reads_what_the_floor_has_written() throws Exception {
        Path bare = folder.resolve("bare");
        floor(bare);
        RunId id = newest(bare);

        try (var holdfast = Holdfast.open(bare, noop())) {
            var run = holdfast.run(id, Work.NOOP);
            assertThat(run.show().outcome()).isEqualTo(Outcome.SUCCEEDED);
            assertThat(run.show().input()).isEqualTo("17");
            assertThat(holdfast.runs()
                            .snapshots(Namespace.DEFAULT, run.id(), 0, 0)
                            .snapshots())
                    .hasSize(3);
        }
    }

    @Test
    void a_connection_that_cannot_be_as_durable_is_refused() {
        Path bare = folder.resolve("bare");
        var settings = new TreeMap<>(Database.create(bare));
        // SQLite takes what it does not know for something else, and says nothing.
        settings.put("synchronous", "1000");

        assertThatThrownBy(() -> Database.connect(bare, settings))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the floor cannot be written like the ledger");
    }

    private Floor.Done floor(Path bare) throws Exception {
        var template = Template.learn(folder.resolve("learned"));
        Database.create(bare);
        try (var floor = new Floor(bare, template)) {
            return floor.write(RUNS_PER_COMMIT, SHORT);
        }
    }

    private static Handler<Integer, Void> noop() {
        return Handler.of(Work.NOOP, (ctx, input) -> {});
    }

    private static RunId newest(Path folder) {
        try (var holdfast = Holdfast.open(folder)) {
            return holdfast.runs()
                    .list(Namespace.DEFAULT, RunFilter.ALL, null, 1)
                    .getFirst()
                    .id();
        }
    }

    private static Map<String, List<Map<String, Object>>> shape(RunId run, Path folder) throws SQLException {
        try (Connection connection = Database.connect(folder)) {
            var shape = new TreeMap<String, List<Map<String, Object>>>();
            Photograph.of(run, connection).rows().forEach((table, rows) -> {
                var all = new ArrayList<Map<String, Object>>();
                for (var row : rows.values()) {
                    var columns = new TreeMap<String, Object>();
                    row.forEach((column, value) -> columns.put(column, shape(value)));
                    all.add(columns);
                }
                shape.put(table, all);
            });
            return shape;
        }
    }

    /** Ids and instants differ from run to run, and nothing else does. */
    private static Object shape(Object value) {
        if (value instanceof RunId) return "an id";
        return value instanceof Number number && number.longValue() > 1_000_000_000_000L ? "an instant" : value;
    }

    /** Of the tables that grow with runs. */
    private static Map<String, Double> rowsPerRun(Path folder, long runs) throws SQLException {
        try (Connection connection = Database.connect(folder)) {
            var all = new TreeMap<String, Double>();
            for (String table : Photograph.tables(connection)) {
                try (var statement = connection.createStatement();
                        var rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
                    long count = rows.getLong(1);
                    if (count >= runs) all.put(table, (double) count / runs);
                }
            }
            return all;
        }
    }
}
