package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.localpg.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Somebody inserts a run of an id that was looked for. */
final class UsedIdTest {
    @Test
    void onlyTheIdOfOneOfOurRunsIsLookedForAgain() throws SQLException {
        try (var database = TestDatabase.fresh();
                Connection sql = DriverManager.getConnection(database.jdbcUrl())) {
            assertThat(Trouble.of(inserted(sql, "holdfast"))).isEqualTo(Trouble.AGAIN);
            assertThat(Trouble.of(inserted(sql, "theirs"))).isEqualTo(Trouble.CONTENT);
        }
    }

    /** Two runs with one id, in a table of this schema. */
    private static SQLException inserted(Connection sql, String schema) throws SQLException {
        try (var statement = sql.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema + "; CREATE TABLE " + schema + ".runs (id int PRIMARY KEY)");
            return catchThrowableOfType(
                    SQLException.class, () -> statement.execute("INSERT INTO " + schema + ".runs VALUES (1), (1)"));
        }
    }
}
