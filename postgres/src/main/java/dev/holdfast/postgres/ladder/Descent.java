package dev.holdfast.postgres.ladder;

import dev.holdfast.core.Holder;
import dev.holdfast.sql.Session;
import java.sql.SQLException;

/**
 * Whether a session leads to a replica of the node's own database. Its numbers are also those of every copy that was ever made
 * of it, so it must show something that no copy can have: the row of this very node, which was written when it joined, with
 * its random incarnation.
 *
 * @param origin of what it must be a replica
 * @param node that reads it
 */
public record Descent(Origin origin, Holder node) {
    /** What a session leads to. */
    enum Verdict {
        OURS,
        /** It does not show the node: it is not as far as that, or follows a copy. */
        BEHIND,
        FOREIGN,
        PROMOTED
    }

    private static final String NO_SUCH_TABLE = "42P01";

    Verdict look(Session session) throws SQLException {
        try {
            return Verdict.valueOf(session.ask(question()));
        } catch (SQLException e) {
            if (NO_SUCH_TABLE.equals(e.getSQLState())) return Verdict.BEHIND;
            throw e;
        }
    }

    private String question() {
        return "SELECT CASE WHEN NOT pg_is_in_recovery() THEN 'PROMOTED'"
                + " WHEN (SELECT system_identifier FROM pg_control_system()) <> " + origin.system()
                + " OR (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) <> " + origin.database()
                + " THEN 'FOREIGN'"
                + " WHEN EXISTS (SELECT FROM nodes WHERE number = " + node.number() + " AND incarnation = "
                + node.incarnation() + ") THEN 'OURS' ELSE 'BEHIND' END";
    }
}
