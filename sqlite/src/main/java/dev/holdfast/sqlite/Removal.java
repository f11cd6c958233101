package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import java.sql.SQLException;
import java.util.List;

/** Removes a run and all that is its own, in every table; its id is kept, so that it is never used again. */
final class Removal {
    private static final String TAGS = "SELECT namespace, queue, lane, serial, tags FROM runs WHERE id = ?";
    private static final String UNTAG = "DELETE FROM run_tags WHERE namespace = ? AND tag = ? AND run = ?";
    private static final String LEFT = "SELECT 1 FROM inbox WHERE run = ? AND kind = 'FINALISE'";
    private static final String REMEMBER = "INSERT INTO removed (run) VALUES (?)";

    private static final List<String> TABLES = List.of(
            "DELETE FROM runs WHERE id = ?",
            "DELETE FROM run_payloads WHERE run = ?",
            "DELETE FROM snapshots WHERE run = ?",
            "DELETE FROM steps WHERE run = ?",
            "DELETE FROM step_history WHERE run = ?",
            "DELETE FROM inbox WHERE run = ?",
            "DELETE FROM signals WHERE run = ?",
            "DELETE FROM tokens WHERE run = ?",
            "DELETE FROM waits WHERE target = ?",
            "DELETE FROM stream_heads WHERE run = ?",
            "DELETE FROM chunks WHERE run = ?");

    private Removal() {}

    static void of(Transaction tx, RunId run) throws SQLException {
        if (tx.read(LEFT).id(run).any()) {
            throw new Refused(
                    "run_not_finalised", "run " + run + " cannot be removed before what is left of it has been done");
        }
        var tagged = tx.read(TAGS).id(run).first(r -> new Tagged(LaneKey.read(r), Texts.list(r.textOrNull())));
        if (tagged.isPresent()) {
            new LaneBook(tx).removed(run, tagged.get().lane());
            for (String tag : tagged.get().tags()) {
                tx.write(UNTAG)
                        .text(tagged.get().lane().namespace())
                        .text(tag)
                        .id(run)
                        .update();
            }
        }
        for (String table : TABLES) tx.write(table).id(run).update();
        tx.rows().forget(run);
        tx.write(REMEMBER).id(run).update();
        tx.steps(run, 0);
    }

    private record Tagged(LaneKey lane, List<String> tags) {}
}
