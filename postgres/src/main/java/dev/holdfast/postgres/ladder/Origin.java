package dev.holdfast.postgres.ladder;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import dev.holdfast.postgres.session.Connections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Of what a replica must be one: a replica has the numbers of what it follows.
 *
 * @param system the cluster of files
 * @param database in it
 */
public record Origin(long system, long database) {
    /** Nothing of it needs a privilege. */
    private static final String SELF = "SELECT (SELECT system_identifier FROM pg_control_system()),"
            + " (SELECT oid::bigint FROM pg_database WHERE datname = current_database())";

    /**
     * That of the database itself.
     *
     * @throws Refused what {@link Connections#to} says, if it does not answer: of the replica nothing can be said then
     */
    public static Origin of(Connections primary) throws HoldfastException {
        try (Connection session = primary.open()) {
            return read(session);
        } catch (SQLException e) {
            throw primary.trouble(e);
        }
    }

    /** As a name: digits, and a hyphen between. */
    public String text() {
        return Long.toUnsignedString(system) + "-" + database;
    }

    static Origin read(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                ResultSet row = statement.executeQuery(SELF)) {
            row.next();
            return new Origin(row.getLong(1), row.getLong(2));
        }
    }
}
