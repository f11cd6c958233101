package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.sql.Session;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The tables, by Flyway's migrations. Flyway itself is only started if there is something to migrate: it takes longer to
 * start than everything else together.
 *
 * @param locations where the migrations are
 * @param version the newest of them
 */
record Schema(List<String> locations, int version) {
    static final Schema CURRENT = new Schema(List.of("classpath:dev/holdfast/sqlite"), 7);

    private static final String HAS_HISTORY =
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'flyway_schema_history'";
    private static final String NEWEST =
            "SELECT max(CAST(version AS INTEGER)) FROM flyway_schema_history WHERE success = 1";

    /**
     * Brings a database up to this schema.
     *
     * @throws Refused {@code schema_too_new} if a newer version of the program has written it
     */
    void bringUp(Database database, Session session) throws SQLException {
        int present = known(database, session);
        if (present == version) return;
        try {
            Flyway.configure()
                    .dataSource(database.url(), null, null)
                    .locations(locations.toArray(String[]::new))
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            var refused = new Refused(
                    "migration_failed",
                    database.file() + " could not be brought from schema version " + present + " to " + version
                            + "; it is as it was: " + e.getMessage());
            refused.initCause(e);
            throw refused;
        }
    }

    /**
     * The version of a database; 0 if it has no tables of ours.
     *
     * @throws Refused {@code schema_too_new} if a newer version of the program has written it
     */
    int known(Database database, Session session) throws SQLException {
        int present = present(session);
        if (present <= version) return present;
        throw new Refused(
                "schema_too_new",
                database.file() + " has schema version " + present + ", this program knows versions up to " + version
                        + ": use the newer program that has written it");
    }

    static int present(Session session) throws SQLException {
        return session.ask(HAS_HISTORY).isEmpty() ? 0 : Integer.parseInt(session.ask(NEWEST));
    }
}
