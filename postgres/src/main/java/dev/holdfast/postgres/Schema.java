package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import dev.holdfast.postgres.membership.Strangers;
import dev.holdfast.postgres.session.Connections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * The tables, by Flyway's migrations. Flyway itself is only started if there is something to migrate: it takes longer to
 * start than everything else together. Nodes that boot at once migrate one after the other, by Flyway's own lock.
 *
 * @param locations where the migrations are
 * @param version the newest of them that it uses
 */
record Schema(List<String> locations, int version) {
    static final Schema CURRENT = new Schema(List.of("classpath:dev/holdfast/postgres"), 5);

    /** The oldest version with which this program can work beside newer ones. */
    static final int OLDEST = 5;

    /** Since when there are nodes. */
    static final int NODES = 2;

    private static final String HAS_HISTORY =
            "SELECT 1 FROM pg_tables WHERE schemaname = 'holdfast' AND tablename = 'flyway_schema_history'";
    private static final String NEWEST =
            "SELECT max(CAST(version AS int)) FROM flyway_schema_history WHERE success AND version IS NOT NULL";
    /**
     * Brings a database up to this schema.
     *
     * @throws Refused {@code schema_too_new} if a newer version of the program has written it; {@code schema_incompatible} if a
     *     node works on it that could not go on with this one; {@code database_rights} if the user may not change the tables;
     *     {@code migration_failed}
     */
    void bringUp(Connections connections) throws SQLException {
        int present;
        try (Connection connection = connections.open()) {
            present = present(connection);
            if (present >= NODES && present < version) new Strangers(OLDEST, version).refuse(connection);
        }
        demandKnown(connections, present);
        if (present == version) return;
        try {
            Flyway.configure()
                    .dataSource(connections.source())
                    .schemas(Connections.SCHEMA)
                    .locations(locations.toArray(String[]::new))
                    .target(Integer.toString(version))
                    // Who boots meanwhile waits for the one that is at it, which may take minutes.
                    .lockRetryCount(-1)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw failed(connections, present, e);
        }
    }

    /**
     * Makes it if nothing is there, for whoever must not begin an upgrade.
     *
     * @throws Refused as {@link #bringUp}; {@code schema_too_old}
     */
    void make(Connections connections) throws SQLException {
        boolean none;
        try (Connection connection = connections.open()) {
            none = present(connection) == 0;
        }
        if (none) bringUp(connections);
        else demand(connections);
    }

    private void demandKnown(Connections connections, int present) {
        if (present <= version) return;
        throw new Refused(
                "schema_too_new",
                connections.shown() + " has schema version " + present + ", this program knows versions up to "
                        + version + ": use the newer program that has written it");
    }

    /**
     * Looks whether it is there, for whoever makes nothing.
     *
     * @throws Refused {@code schema_missing}; {@code schema_too_old}; {@code schema_too_new}
     */
    void demand(Connections connections) throws SQLException {
        int present;
        try (Connection connection = connections.open()) {
            present = present(connection);
        }
        demandKnown(connections, present);
        if (present == 0) {
            throw new Refused(
                    "schema_missing",
                    connections.shown()
                            + " has no tables of Holdfast: is it the right database? The first node makes them"
                            + " ('holdfast server'), and so does the first key ('holdfast keys create')");
        }
        if (present < version) {
            throw new Refused(
                    "schema_too_old",
                    connections.shown() + " has schema version " + present + ", this program needs " + version
                            + ": start a node of this version, which brings it up, or use the program of the nodes that"
                            + " work on it");
        }
    }

    private Refused failed(Connections connections, int present, FlywayException e) {
        boolean rights = lacksRights(e);
        var refused = new Refused(
                rights ? "database_rights" : "migration_failed",
                connections.shown() + " could not be brought from schema version " + present + " to " + version
                        + "; it is as it was"
                        + (rights
                                ? ", because the user may not change it: start one node of this version as the owner of the"
                                        + " schema, or make the user its owner. It says: "
                                : ": ")
                        + e.getMessage());
        refused.initCause(e);
        return refused;
    }

    private static boolean lacksRights(Throwable e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException said && "42501".equals(said.getSQLState())) return true;
        }
        return false;
    }

    /** Its version; 0 if there is none. */
    static int present(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery(HAS_HISTORY)) {
                if (!rows.next()) return 0;
            }
            try (ResultSet rows = statement.executeQuery(NEWEST)) {
                return rows.next() ? rows.getInt(1) : 0;
            }
        }
    }
}
