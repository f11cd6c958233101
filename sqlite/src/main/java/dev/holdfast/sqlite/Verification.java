package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.sql.Session;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads a copy of a ledger from its first page to its last, before anybody relies on it. */
final class Verification {
    private static final String QUICK = "PRAGMA quick_check(1)";
    /** Also whether indexes and tables say the same. */
    private static final String WHOLE = "PRAGMA integrity_check(1)";

    private Verification() {}

    static LedgerContent quick(Path file) {
        return verify(file, file, QUICK);
    }

    /** @param of what the file is a copy of */
    static LedgerContent whole(Path file, Path of) {
        return verify(file, of, WHOLE);
    }

    /** @throws Refused {@code database_corrupt}, {@code not_a_ledger}, {@code schema_too_new} */
    private static LedgerContent verify(Path file, Path of, String check) {
        var database = new Database(Disk.folder(file), String.valueOf(file.getFileName()));
        try (Session session = database.forLooking()) {
            if (Schema.CURRENT.known(database, session) == 0) {
                throw new Refused("not_a_ledger", of + " is a database, but not a ledger of Holdfast");
            }
            String verdict = session.ask(check);
            if (verdict.equals("ok")) return LedgerContent.of(session);
            throw damaged(of, verdict);
        } catch (SQLException e) {
            if (Trouble.of(e) == Trouble.CORRUPT) throw damaged(of, e.getMessage());
            throw Trouble.atOpen(e, of);
        }
    }

    private static Refused damaged(Path of, @Nullable String why) {
        return new Refused("database_corrupt", of + " is damaged (" + why + "): use another backup");
    }
}
