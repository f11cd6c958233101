package dev.holdfast.postgres;

import dev.holdfast.core.Unavailable;
import dev.holdfast.postgres.session.Connections;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/**
 * What an error of PostgreSQL means, and what to do about it. Codes:
 * <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">appendix A</a>.
 */
enum Trouble {
    /** The change itself is the reason: the same change would fail again, its neighbours would not. */
    CONTENT,
    /** Somebody was in the way; nothing was written, and it may be tried again at once. */
    AGAIN,
    DISK_FULL,
    /** This server takes no writes: a standby, or the primary of yesterday. */
    READ_ONLY,
    /** The session has ended, or none could be had. */
    LOST,
    OTHER;

    /** Of an error of our own: what was looked up is not there any more. */
    static final String AGAIN_STATE = "HFAGN";

    static Trouble of(SQLException e) {
        String state = e.getSQLState();
        if (state == null) return OTHER;
        if (isUsedId(e)) return AGAIN;
        return switch (state) {
            case AGAIN_STATE, "40001", "40P01", "55P03" -> AGAIN;
            case "53100" -> DISK_FULL;
            case "25006" -> READ_ONLY;
            // A session that was ended on purpose, or timed out in a transaction.
            case "57P01", "57P02", "57P03", "57P05", "25P03", "53300" -> LOST;
            default ->
                switch (state.substring(0, 2)) {
                    case "22", "23" -> CONTENT;
                    case "08" -> LOST;
                    default -> OTHER;
                };
        };
    }

    /** Somebody has inserted a run of the same id after it was looked for: the next look finds it. */
    private static boolean isUsedId(SQLException e) {
        var message = e instanceof PSQLException told ? told.getServerErrorMessage() : null;
        return message != null
                && "23505".equals(message.getSQLState())
                && "runs_pkey".equals(message.getConstraint())
                // User code may have such a table of its own.
                && Connections.SCHEMA.equals(message.getSchema());
    }

    /** The answer to whoever wanted something written or read. */
    static Unavailable unavailable(SQLException e) {
        return Unavailable.notApplied(code(e), "the ledger could not be used: " + what(e), e);
    }

    /** The answer when it is not known whether it was written. */
    static Unavailable indeterminate(SQLException e) {
        return Unavailable.indeterminate(
                code(e),
                "the database failed while it was committing, and could not be asked whether it was written: repeat the"
                        + " request with the same request id. It says: " + e.getMessage(),
                e);
    }

    private static String what(SQLException e) {
        return switch (of(e)) {
            case DISK_FULL -> "the database's disk is full: free space; it goes on by itself then";
            case READ_ONLY ->
                "the database takes no writes: this URL leads to a standby, or the server is not the primary any more";
            case LOST ->
                "the database cannot be reached or has ended the session; it is tried again: " + e.getMessage();
            case CONTENT, AGAIN, OTHER -> "PostgreSQL says: " + e.getMessage();
        };
    }

    private static String code(SQLException e) {
        return switch (of(e)) {
            case DISK_FULL -> "disk_full";
            case READ_ONLY -> "ledger_read_only";
            case LOST -> "database_unreachable";
            case CONTENT, AGAIN, OTHER -> "ledger_failed";
        };
    }
}
