package dev.holdfast.postgres;

import dev.holdfast.core.RunId;
import dev.holdfast.sql.Texts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Removes runs and all that is their own, in every table. */
final class Removal {
    private static final String TAGGED = "SELECT namespace, tags, id FROM runs WHERE id = ANY(?) AND tags IS NOT NULL";
    private static final String UNTAG = "DELETE FROM run_tags t USING "
            + Columns.unnest(Columns.Type.TEXT, Columns.Type.TEXT, Columns.Type.UUID)
            + " AS v(namespace, tag, run) WHERE t.namespace = v.namespace AND t.tag = v.tag AND t.run = v.run";
    private static final String REMEMBER = "INSERT INTO removed (run) SELECT * FROM unnest(?::uuid[]) AS v";
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

    private Removal() {}

    private record Tagged(String namespace, List<String> tags, RunId run) {}

    static void of(Transaction tx, List<RunId> runs) throws SQLException {
        List<java.util.@Nullable UUID> ids = Scene.uuids(runs);
        var untag = new Columns(Columns.Type.TEXT, Columns.Type.TEXT, Columns.Type.UUID);
        for (Tagged each : tx.sql(TAGGED)
                .uuids(ids)
                .list(r -> new Tagged(r.text(), new ArrayList<>(Texts.list(r.textOrNull())), r.id()))) {
            for (String tag : each.tags()) untag.add(each.namespace(), tag, each.run());
        }
        if (!untag.isEmpty()) untag.in(tx.sql(UNTAG)).update();
        for (Map.Entry<String, String> table : TABLES.entrySet()) {
            tx.sql("DELETE FROM " + table.getKey() + " WHERE " + table.getValue() + " = ANY(?)")
                    .uuids(ids)
                    .update();
        }
    }

    /** Their ids are never used again. */
    static void remember(Transaction tx, List<RunId> runs) throws SQLException {
        tx.sql(REMEMBER).uuids(Scene.uuids(runs)).update();
    }
}
