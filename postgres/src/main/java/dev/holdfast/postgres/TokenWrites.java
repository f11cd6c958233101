package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.NUMBER;
import static dev.holdfast.postgres.Columns.Type.TEXT;
import static dev.holdfast.postgres.Columns.Type.UUID;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Write;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tokens that a batch opens or completes. */
final class TokenWrites {
    private static final String OPEN =
            "INSERT INTO tokens (id, run, key, until, completed) SELECT v.id, v.run, v.key, v.until, 0" + " FROM "
                    + Columns.unnest(TEXT, UUID, TEXT, NUMBER) + " AS v(id, run, key, until)";
    private static final String COMPLETE = "UPDATE tokens t SET completed = 1 FROM " + Columns.unnest(TEXT, UUID)
            + " AS v(id, run) WHERE t.id = v.id AND t.run = v.run AND t.completed = 0 AND t.until > ? RETURNING t.id";
    private static final String IS_COMPLETED = "SELECT completed FROM tokens WHERE id = ? AND run = ?";

    private final Transaction tx;
    private final Columns opened = new Columns(TEXT, UUID, TEXT, NUMBER);
    private final Map<Completed, ChangeWork> completed = new LinkedHashMap<>();

    private record Completed(String id, RunId run) {}

    TokenWrites(Transaction tx) {
        this.tx = tx;
    }

    void add(Part part, ChangeWork work) {
        for (Write write : part.change().writes()) {
            switch (write) {
                case Write.OpenToken w -> opened.add(w.id(), part.run(), w.key().path(), w.until());
                case Write.CompleteToken w -> completed.put(new Completed(w.id(), part.run()), work);
                default -> {}
            }
        }
    }

    void write() throws SQLException {
        if (!opened.isEmpty()) opened.in(tx.sql(OPEN)).update();
        if (completed.isEmpty()) return;
        var rows = new Columns(TEXT, UUID);
        for (Completed each : completed.keySet()) rows.add(each.id(), each.run());
        var written = new HashSet<>(rows.in(tx.sql(COMPLETE)).instant(tx.now()).list(r -> r.text()));
        for (Map.Entry<Completed, ChangeWork> each : completed.entrySet()) {
            if (!written.contains(each.getKey().id())) throw Surprise.of(each.getValue(), why(each.getKey()));
        }
    }

    private Refused why(Completed token) throws SQLException {
        boolean before = tx.sql(IS_COMPLETED).text(token.id()).id(token.run()).single() == 1;
        return before
                ? new Refused(
                        "token_completed", "token " + token.id() + " was completed before: only the first value counts")
                : new Refused(
                        "token_unknown",
                        "token " + token.id() + " is not open: its run does not wait for it any more, or never did");
    }
}
