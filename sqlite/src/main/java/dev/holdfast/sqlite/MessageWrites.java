package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.util.List;

/** What a change writes for those who wait: messages, kept signals, tokens, edges. */
final class MessageWrites {
    private static final String IN_INBOX = "SELECT 1 FROM inbox WHERE run = ? AND id = ?";
    private static final String IS_ALIVE = "SELECT 1 FROM runs WHERE id = ? AND outcome IS NULL";
    private static final String POST =
            "INSERT INTO inbox (run, number, id, kind, name, body) VALUES (?, ?, ?, ?, ?, ?)";
    /** Most runs have none of it when they end: that is asked in one statement. */
    private static final String ANYTHING = "SELECT EXISTS (SELECT 1 FROM inbox WHERE run = ?1)"
            + " OR EXISTS (SELECT 1 FROM signals WHERE run = ?1) OR EXISTS (SELECT 1 FROM tokens WHERE run = ?1)";

    private static final List<String> CLEAR = List.of(
            "DELETE FROM inbox WHERE run = ?", "DELETE FROM signals WHERE run = ?", "DELETE FROM tokens WHERE run = ?");
    private static final String KEEP_LAST = "INSERT INTO signals (run, name, number, body) SELECT ?1, ?2,"
            + " (SELECT coalesce(max(number), 0) + 1 FROM signals WHERE run = ?1 AND name = ?2), ?3";
    private static final String KEEP_FIRST = "INSERT INTO signals (run, name, number, body) SELECT ?1, ?2,"
            + " (SELECT coalesce(min(number), 0) - 1 FROM signals WHERE run = ?1 AND name = ?2), ?3";
    private static final String TAKE = "DELETE FROM signals WHERE run = ? AND name = ? AND number = ?";
    private static final String OPEN = "INSERT INTO tokens (id, run, key, until, completed) VALUES (?, ?, ?, ?, 0)";
    private static final String VOID = "DELETE FROM tokens WHERE run = ? AND key = ?";
    private static final String COMPLETE =
            "UPDATE tokens SET completed = 1 WHERE id = ? AND run = ? AND completed = 0 AND until > ?";
    private static final String IS_TOKEN = "SELECT completed FROM tokens WHERE id = ? AND run = ?";
    private static final String EDGE = "INSERT OR IGNORE INTO waits (target, waiter) VALUES (?, ?)";
    private static final String WAITERS = "SELECT waiter FROM waits WHERE target = ?";
    private static final String FORGET_WAITERS = "DELETE FROM waits WHERE target = ?";
    private static final String ANYBODY = "SELECT EXISTS (SELECT 1 FROM waits WHERE target = ?1)"
            + " OR EXISTS (SELECT 1 FROM runs INDEXED BY runs_children"
            + " WHERE parent = ?1 AND outcome IS NULL AND detached = 0)";
    private static final String ANY_CHILD = "SELECT 1 FROM runs INDEXED BY runs_children"
            + " WHERE parent = ? AND outcome IS NULL AND detached = 0 LIMIT 1";

    private final Transaction tx;
    private final RunId run;

    MessageWrites(Transaction tx, RunId run) {
        this.tx = tx;
        this.run = run;
    }

    void clear() throws SQLException {
        if (tx.rows().isAlone(run) || tx.read(ANYTHING).id(run).single() == 0) return;
        for (String table : CLEAR) tx.write(table).id(run).update();
    }

    void post(RunId to, Message message) throws SQLException {
        if (!isAlive(to) || tx.read(IN_INBOX).id(to).uuid(message.id()).any()) return;
        insert(to, message);
    }

    private boolean isAlive(RunId id) throws SQLException {
        return tx.read(IS_ALIVE).id(id).any();
    }

    private void insert(RunId to, Message message) throws SQLException {
        tx.rows().meets(to);
        tx.write(POST)
                .id(to)
                .number(tx.nextMessage())
                .uuid(message.id())
                .text(message.kind())
                .text(message.name())
                .text(message.body())
                .update();
    }

    void keep(Write.Keep keep) throws SQLException {
        tx.rows().meets(run);
        String statement = switch (keep.where()) {
            case FIRST -> KEEP_FIRST;
            case LAST -> KEEP_LAST;
        };
        tx.write(statement).id(run).text(keep.name()).text(keep.json()).update();
    }

    void take(Write.Take take) throws SQLException {
        if (tx.write(TAKE).id(run).text(take.name()).number(take.number()).update() == 1) return;
        throw new Refused(
                "signal_taken", "signal '" + take.name() + "' of run " + run + " was taken already. This is a bug");
    }

    void open(Write.OpenToken token) throws SQLException {
        tx.rows().meets(run);
        tx.write(OPEN)
                .text(token.id())
                .id(run)
                .text(token.key().path())
                .instant(token.until())
                .update();
    }

    /** What this step has opened cannot be completed any more. */
    void close(StepKey opener) throws SQLException {
        tx.write(VOID).id(run).text(opener.path()).update();
    }

    void complete(Write.CompleteToken token) throws SQLException {
        if (tx.write(COMPLETE).text(token.id()).id(run).instant(tx.now()).update() == 1) return;
        var completed = tx.read(IS_TOKEN).text(token.id()).id(run).first(r -> r.number() != 0);
        if (completed.isPresent() && completed.get()) {
            throw new Refused(
                    "token_completed", "token " + token.id() + " was completed before: only the first value counts");
        }
        throw new Refused(
                "token_unknown",
                "token " + token.id() + " is not open: its run does not wait for it any more, or never did");
    }

    /** This run waits for the other. The end of that one cannot come in between: there is one writer. */
    void await(RunId target) throws SQLException {
        if (!isAlive(target)) {
            tell(target, run);
            return;
        }
        tx.rows().meets(target);
        tx.write(EDGE).id(target).id(run).update();
    }

    /** The run has ended: who waits for it is told, and what is left is noted. */
    void ended() throws SQLException {
        if (tx.rows().isAlone(run) || tx.read(ANYBODY).id(run).single() == 0) return;
        for (RunId waiter : tx.read(WAITERS).id(run).list(Sql.Row::id)) tell(run, waiter);
        tx.write(FORGET_WAITERS).id(run).update();
        if (tx.read(ANY_CHILD).id(run).any()) {
            insert(run, new Message(run.uuid(), Message.Kind.FINALISE, null, null));
        }
    }

    private void tell(RunId target, RunId waiter) throws SQLException {
        post(waiter, new Message(target.uuid(), Message.Kind.RUN_ENDED, target.toString(), null));
    }
}
