package dev.holdfast.sqlite;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import java.nio.file.Path;
import java.sql.SQLException;

/** What an error of SQLite means, and what to do about it. */
enum Trouble {
    /** The change itself is the reason: the same change would fail again, its neighbours would not. */
    CONTENT,
    DISK_FULL,
    READ_ONLY,
    CORRUPT,
    /** Another process works on this database: this one must not write any more. */
    TAKEN_OVER,
    OTHER;

    private static final String TAKEN_OVER_STATE = "HFTAK";

    /** A later boot has written its row into the database. */
    static SQLException takenOver() {
        return new SQLException("a later process has taken the database over", TAKEN_OVER_STATE);
    }

    static Trouble of(SQLException e) {
        if (TAKEN_OVER_STATE.equals(e.getSQLState())) return TAKEN_OVER;
        // The lowest byte is the primary result code, see https://sqlite.org/rescode.html
        return switch (e.getErrorCode() & 0xff) {
            case 18, 19, 20, 25 -> CONTENT;
            case 13 -> DISK_FULL;
            case 3, 8 -> READ_ONLY;
            case 11, 26 -> CORRUPT;
            default -> OTHER;
        };
    }

    /** The answer to whoever wanted something written or read. */
    static Unavailable unavailable(SQLException e, Path file) {
        String what = switch (of(e)) {
            case DISK_FULL -> "the disk is full: free space; it goes on by itself then";
            case READ_ONLY -> "it cannot be written: check its permissions and those of its folder, and the disk";
            case CORRUPT -> "it is damaged: stop, keep a copy, and restore it from a backup";
            case TAKEN_OVER ->
                "another process has opened it although this one is alive, because the lock file was removed: this"
                        + " process writes nothing any more; end it";
            case CONTENT, OTHER -> "SQLite says: " + e.getMessage();
        };
        return Unavailable.notApplied(code(e), "the ledger " + file + " could not be used: " + what, e);
    }

    /** The answer when it is not known whether it was written. */
    static Unavailable indeterminate(SQLException e, Path file) {
        return Unavailable.indeterminate(
                code(e),
                "the ledger " + file
                        + " failed while it was committing, and could not be read again to find out whether it"
                        + " was written: repeat the request with the same request id. SQLite says: " + e.getMessage(),
                e);
    }

    /** The answer to whoever opens. */
    static HoldfastException atOpen(SQLException e, Path file) {
        return switch (of(e)) {
            case CORRUPT ->
                refused(
                        "database_corrupt",
                        file + " is not a database that can be read (" + e.getMessage()
                                + "): restore it from a backup, or move it away to begin with an empty one",
                        e);
            case READ_ONLY ->
                refused(
                        "data_folder_not_writable",
                        file + " cannot be written: check its permissions and those of its folder",
                        e);
            default ->
                (e.getErrorCode() & 0xff) == 14
                        ? refused(
                                "data_folder_not_writable",
                                file + " cannot be opened: check that its folder exists and can be written",
                                e)
                        : unavailable(e, file);
        };
    }

    private static Refused refused(String code, String message, SQLException cause) {
        var refused = new Refused(code, message);
        refused.initCause(cause);
        return refused;
    }

    private static String code(SQLException e) {
        return switch (of(e)) {
            case DISK_FULL -> "disk_full";
            case READ_ONLY -> "ledger_read_only";
            case CORRUPT -> "ledger_corrupt";
            case TAKEN_OVER -> "data_folder_taken_over";
            case CONTENT, OTHER -> "ledger_failed";
        };
    }
}
