package dev.holdfast.bench;

import dev.holdfast.core.RunId;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Handler;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/**
 * What a no-op run is in the database, learned from Holdfast itself: a run is photographed while it executes and after its
 * end, and the statements are what leads from one picture to the next. So the floor cannot forget a
 * table, and follows when the schema changes.
 *
 * @param begin makes the run, held by who executes it
 * @param end ends it
 * @param settings of the writing connection
 */
record Template(List<Write> begin, List<Write> end, Map<String, String> settings) {

    /** A statement with its values. */
    record Write(String sql, List<Value> values) {}

    /** What a statement is given. */
    sealed interface Value {
        /** The run's own id. */
        record OfRun() implements Value {}

        /** Another id, never used before. */
        record FreshId() implements Value {}

        record Whole(long number) implements Value {}

        record Words(String text) implements Value {}

        record Nothing() implements Value {}
    }

    /** @param folder that is not there yet */
    static Template learn(Path folder) throws SQLException, InterruptedException {
        var arrived = new Semaphore(0);
        var leave = new Semaphore(0);
        var body = Handler.of(Work.NOOP, (ctx, input) -> {
            arrived.release();
            leave.acquire();
        });
        var options = NodeOptions.defaults().engine(EngineOptions.defaults().slots(1));
        try (var holdfast = Holdfast.open(folder, options, List.of(body));
                Connection connection = Database.connect(folder)) {
            var first = holdfast.start(Work.NOOP, 17);
            arrived.acquire();
            var second = holdfast.start(Work.NOOP, 17);
            leave.release();
            first.join();
            arrived.acquire();
            var held = Photograph.of(second.id(), connection);
            leave.release();
            second.join();
            var ended = Photograph.of(second.id(), connection);
            var learning = new Learning(second.id(), connection);
            return new Template(
                    learning.between(new Photograph(Map.of()), held),
                    learning.between(held, ended),
                    holdfast.figures().durability());
        }
    }

    private record Learning(RunId run, Connection connection) {
        List<Write> between(Photograph before, Photograph after) throws SQLException {
            var writes = new ArrayList<Write>();
            for (String table : after.rows().keySet()) {
                var old = before.rows().getOrDefault(table, Map.of());
                for (var each : after.rows().getOrDefault(table, Map.of()).entrySet()) {
                    var present = old.get(each.getKey());
                    if (present == null) writes.add(insert(table, each.getValue()));
                    else if (!present.equals(each.getValue())) writes.add(update(table, present, each.getValue()));
                }
            }
            return writes;
        }

        private Write insert(String table, Map<String, Object> row) {
            String marks = "?, ".repeat(row.size() - 1) + "?";
            return new Write(
                    "INSERT INTO " + table + " (" + String.join(", ", row.keySet()) + ") VALUES (" + marks + ")",
                    row.values().stream().map(this::value).toList());
        }

        /** Writes what is different, and nothing else. */
        private Write update(String table, Map<String, Object> before, Map<String, Object> after) throws SQLException {
            var different = new LinkedHashMap<String, Value>();
            after.forEach((column, value) -> {
                if (!value.equals(before.get(column))) different.put(column, value(value));
            });
            before.keySet().stream()
                    .filter(column -> !after.containsKey(column))
                    .forEach(column -> different.put(column, new Value.Nothing()));
            List<String> key = Photograph.key(table, connection);
            var values = new ArrayList<>(different.values());
            for (String column : key) values.add(value(Objects.requireNonNull(after.get(column))));
            return new Write(
                    "UPDATE " + table + " SET " + String.join(" = ?, ", different.keySet()) + " = ? WHERE "
                            + String.join(" = ? AND ", key) + " = ?",
                    values);
        }

        private Value value(Object stored) {
            return switch (stored) {
                case RunId id when id.equals(run) -> new Value.OfRun();
                case RunId id -> new Value.FreshId();
                case Number number -> new Value.Whole(number.longValue());
                case String text -> new Value.Words(text);
                default -> throw new IllegalStateException("a " + stored.getClass() + " is in the database");
            };
        }
    }
}
