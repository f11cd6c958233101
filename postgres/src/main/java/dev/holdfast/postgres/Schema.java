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

/**
 * The tables, by Flyway's migrations. Flyway itself is only started if there is something to migrate: it takes longer to
 * start than everything else together. Nodes that boot at once migrate one after the other, by Flyway's own lock.
 *
 * @param locations where the migrations are
 * @param version the newest of them that it uses
 */
record Schema(List<String> locations, int version) {
    static final Schema CURRENT = new Schema(List.of("classpath:dev/holdfast/postgres"), 4);

    /** The oldest version with which this program can work beside newer ones. */
    static final int OLDEST = 3;

    /** Since when there are nodes. */
    private static final int NODES = 2;

    private static final String HAS_HISTORY =
            "SELECT 1 FROM pg_tables WHERE schemaname = 'holdfast' AND tablename = 'flyway_schema_history'";
    private static final String NEWEST =
            "SELECT max(CAST(version AS int)) FROM flyway_schema_history WHERE success AND version IS NOT NULL";
    /**
     * Brings a database up to this schema.
     *
     * @throws Refused {@code schema_too_new} if a newer version of the program has written it; {@code schema_incompatible} if a
     *     node works on it that could not go on with this one; {@code migration_failed}
     */
    void bringUp(Connections connections) throws SQLException {
        int present;
        try (Connection connection = connections.open()) {
            present = present(connection);
            if (present >= NODES && present < version) new Strangers(OLDEST, version).refuse(connection);
        }
        if (present > version) {
            throw new Refused(
                    "schema_too_new",
                    connections.shown() + " has schema version " + present + ", this program knows versions up to "
                            + version + ": use the newer program that has written it");
        }
        if (present == version) return;
        try {
            Flyway.configure()
                    .dataSource(connections.source())
                    .schemas(Connections.SCHEMA)
                    .locations(locations.toArray(String[]::new))
                    .target(Integer.toString(version))
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            var refused = new Refused(
                    "migration_failed",
                    connections.shown() + " could not be brought from schema version " + present + " to " + version
                            + "; it is as it was: " + e.getMessage());
            refused.initCause(e);
            throw refused;
        }
    }

    private static int present(Connection connection) throws SQLException {
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
