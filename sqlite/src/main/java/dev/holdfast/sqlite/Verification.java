package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import java.nio.file.Path;
import java.sql.SQLException;

/** Reads a copy of a ledger from its first page to its last, before anybody relies on it. */
final class Verification {
    private static final String QUICK = "PRAGMA quick_check(1)";
    /** Also whether indexes and tables say the same. */
    private static final String WHOLE = "PRAGMA integrity_check(1)";

    private Verification() {}

    static LedgerContent quick(Path file) {
        return verify(file, QUICK);
    }

    static LedgerContent whole(Path file) {
        return verify(file, WHOLE);
    }

    /** @throws Refused {@code database_corrupt}, {@code not_a_ledger}, {@code schema_too_new} */
    private static LedgerContent verify(Path file, String check) {
        var database = new Database(Disk.folder(file), String.valueOf(file.getFileName()));
        try (Session session = database.forLooking()) {
            if (Schema.CURRENT.known(database, session) == 0) {
                throw new Refused("not_a_ledger", file + " is a database, but not a ledger of Holdfast");
            }
            String verdict = session.ask(check);
            if (verdict.equals("ok")) return LedgerContent.of(session);
            throw new Refused("database_corrupt", file + " is damaged (" + verdict + "): use another backup");
        } catch (SQLException e) {
            throw Trouble.atOpen(e, file);
        }
    }
}
