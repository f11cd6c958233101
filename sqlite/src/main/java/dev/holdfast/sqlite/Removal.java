package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.Texts;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Removes a run and all that is its own, in every table; its id is kept, so that it is never used again. */
final class Removal {
    private static final String TAGS = "SELECT namespace, queue, lane, serial, tags FROM runs WHERE id = ?";
    private static final String UNTAG = "DELETE FROM run_tags WHERE namespace = ? AND tag = ? AND run = ?";
    private static final String LEFT = "SELECT 1 FROM inbox WHERE run = ? AND kind = 'FINALISE'";
    private static final String REMEMBER = "INSERT INTO removed (run) VALUES (?)";

    /** Every table with something of a run, and the column that says of which. Those of its tags are keyed by the tag. */
    private static final Map<String, String> TABLES = new TreeMap<>(Map.ofEntries(
            Map.entry("runs", "id"),
            Map.entry("run_payloads", "run"),
            Map.entry("snapshots", "run"),
            Map.entry("steps", "run"),
            Map.entry("step_history", "run"),
            Map.entry("inbox", "run"),
            Map.entry("signals", "run"),
            Map.entry("tokens", "run"),
            Map.entry("waits", "target"),
            Map.entry("stream_heads", "run"),
            Map.entry("chunks", "run")));

    private static final List<String> OF_ONE = statements(" = ?");
    /** Of those that stand in the table {@code old}. */
    static final List<String> OF_MANY = statements(" IN (SELECT id FROM old)");

    private static List<String> statements(String which) {
        return TABLES.entrySet().stream()
                .map(table -> "DELETE FROM " + table.getKey() + " WHERE " + table.getValue() + which)
                .toList();
    }

    private Removal() {}

    static void of(Transaction tx, RunId run) throws SQLException {
        if (tx.read(LEFT).id(run).any()) {
            throw new Refused(
                    "run_not_finalised", "run " + run + " cannot be removed before what is left of it has been done");
        }
        var tagged = tx.read(TAGS).id(run).first(r -> new Tagged(LaneKey.read(r), Texts.list(r.textOrNull())));
        if (tagged.isPresent()) {
            new LaneBook(tx).removed(run, tagged.get().lane());
            untag(tx, tagged.get().lane().namespace(), tagged.get().tags(), run);
        }
        for (String statement : OF_ONE) tx.write(statement).id(run).update();
        tx.rows().forget(run);
        tx.write(REMEMBER).id(run).update();
        tx.steps(run, 0);
    }

    /** Tags are keyed by the tag, and found by what the run says of itself. */
    static void untag(Transaction tx, String namespace, List<String> tags, RunId run) throws SQLException {
        for (String tag : tags)
            tx.write(UNTAG).text(namespace).text(tag).id(run).update();
    }

    private record Tagged(LaneKey lane, List<String> tags) {}
}
