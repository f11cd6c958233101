package dev.holdfast.sqlite;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.sql.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A look at a data folder that is there, for whoever wants to know what is wrong with it. Nothing is changed. A ledger
 * that a process uses is read beside it, by a connection that cannot write.
 *
 * @param state what was found
 * @param detail for people
 * @param usedBy the process that has the folder; 0 if none, negative if it is unknown which
 * @param facts of a ledger that is sound, null otherwise
 */
public record Inspection(
        State state, String detail, long usedBy, @Nullable LedgerFacts facts) {
    public enum State {
        /** No database yet. */
        EMPTY,
        /** It was read, and nothing is wrong. */
        HEALTHY,
        /** It cannot be used like this. */
        BROKEN
    }

    private static final String CHECK = "PRAGMA quick_check(1)";

    public static Inspection of(Path folder) {
        long user = 0;
        try {
            user = FolderLock.user(folder);
            return look(new Database(folder), user);
        } catch (HoldfastException e) {
            return broken(e.code() + ": " + e.getMessage(), user);
        }
    }

    private static Inspection look(Database database, long user) {
        if (!Files.exists(database.file())) {
            return new Inspection(State.EMPTY, "there is no database yet", user, null);
        }
        try (Session session = database.forLooking()) {
            String verdict = session.ask(CHECK);
            if (!verdict.equals("ok")) return broken("database_corrupt: " + database.file() + ": " + verdict, user);
            if (Schema.CURRENT.known(database, session) == 0) {
                return broken("not_a_ledger: " + database.file() + " has no tables of ours", user);
            }
            LedgerFacts facts = LedgerFacts.of(session, database.file());
            return new Inspection(
                    State.HEALTHY,
                    database.file() + " is sound and has " + facts.content().runs() + " runs",
                    user,
                    facts);
        } catch (SQLException e) {
            throw Trouble.atOpen(e, database.file());
        }
    }

    private static Inspection broken(String detail, long user) {
        return new Inspection(State.BROKEN, detail, user, null);
    }
}
