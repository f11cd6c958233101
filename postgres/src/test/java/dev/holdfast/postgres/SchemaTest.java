package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.core.Refused;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.session.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Programs of different times on one database. */
class SchemaTest {
    private static final Schema OLD = new Schema(Schema.CURRENT.locations(), Schema.OLDEST - 1);

    private final TestDatabase database = TestDatabase.fresh();
    private final Connections connections = Opened.connections(database);

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void aDatabaseThatANewerProgramHasWrittenIsRefused() throws SQLException {
        Schema.CURRENT.bringUp(connections);

        assertThat(refused(OLD)).isEqualTo("schema_too_new");
    }

    /** It would not be asked whether it can go on with the new tables. */
    @Test
    void nothingIsChangedUnderANodeThatCouldNotGoOn() throws SQLException {
        OLD.bringUp(connections);
        try (Connection node = connections.named(7).open();
                var statement = node.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(lock_class, 7) FROM cluster");
            statement.execute("INSERT INTO nodes VALUES (7, 1, 'old', '', 0, 0, 0, 0, 1, " + OLD.version() + ", 0)");

            assertThat(refused(Schema.CURRENT)).isEqualTo("schema_incompatible");
            assertThat(version()).isEqualTo(OLD.version());

            statement.execute("SELECT pg_advisory_unlock_all()");
            Schema.CURRENT.bringUp(connections);
            assertThat(version()).isEqualTo(Schema.CURRENT.version());
        }
    }

    private String refused(Schema by) {
        Refused refused = catchThrowableOfType(Refused.class, () -> by.bringUp(connections));
        assertThat(refused).isNotNull();
        return refused.code();
    }

    private int version() {
        return Integer.parseInt(String.valueOf(database.server()
                .query(database.name(), "SELECT max(version::int) FROM holdfast.flyway_schema_history")
                .getFirst()
                .getFirst()));
    }
}
