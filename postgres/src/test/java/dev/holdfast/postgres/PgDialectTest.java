package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sql.Session;
import dev.holdfast.sql.Sql;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PgDialectTest {
    private static final TestDatabase DATABASE = TestDatabase.fresh();
    private static final String EACH = "SELECT * FROM unnest(?::uuid[]) WITH ORDINALITY AS v(id, at) ORDER BY at";

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void adviceIsLeftOutWhereNobodyTakesIt() {
        String hinted =
                "SELECT r.id FROM runs r INDEXED BY runs_of_task WHERE r.id IN (SELECT id FROM runs INDEXED BY runs_held)";
        assertThat(new PgDialect().statement(hinted))
                .isEqualTo("SELECT r.id FROM runs r WHERE r.id IN (SELECT id FROM runs)");
    }

    /** Neither a sort nor a look at runs of other tasks: a page of a list costs what is on it. */
    @Test
    void listsWalkAnIndexInItsOrder() throws SQLException {
        Schema.CURRENT.bringUp(Opened.connections(DATABASE));
        String walk = "EXPLAIN SELECT r.id FROM "
                + new PgDialect().newestFirst("runs_of_task").from() + "%s ORDER BY r.id DESC LIMIT 5";
        try (var session = Writing.reading(Opened.connections(DATABASE)).open()) {
            assertThat(plan(session, walk.formatted(" AND r.task = 't'")))
                    .contains("Scan Backward using run_payloads_of_task", "task = 't'", "(run < ", "(id < ")
                    .doesNotContain("Sort");
            assertThat(plan(session, walk.formatted("")))
                    .contains("Scan Backward using run_payloads_of_namespace")
                    .doesNotContain("Sort");
        }
    }

    private static String plan(Session session, String explain) throws SQLException {
        var lines = session.sql(explain)
                .text("default")
                .uuid(new UUID(-1, -1))
                .uuid(new UUID(-1, -1))
                .list(Sql.Row::text);
        return String.join("\n", lines);
    }

    @Test
    void idsComeAsTheyAre() throws SQLException {
        var low = new UUID(0, 0);
        var high = new UUID(-1, -1);
        var other = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
        String separator = DATABASE.jdbcUrl().contains("?") ? "&" : "?";
        try (Connection connection = DriverManager.getConnection(DATABASE.jdbcUrl());
                Connection simple =
                        DriverManager.getConnection(DATABASE.jdbcUrl() + separator + "preferQueryMode=simple")) {
            for (Connection each : List.of(connection, hidden(connection), simple)) {
                assertThat(read(each, List.of(low, other, high))).containsExactly(low, other, high);
                assertThat(read(each, Arrays.asList(other, null, low))).containsExactly(other, null, low);
                assertThat(read(each, List.of())).isEmpty();
            }
        }
    }

    private static List<@Nullable UUID> read(Connection connection, List<@Nullable UUID> ids) throws SQLException {
        try (var statement = connection.prepareStatement(EACH)) {
            statement.setArray(1, new PgDialect().uuids(connection, ids));
            var read = new ArrayList<@Nullable UUID>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) read.add(rows.getObject(1, UUID.class));
            }
            return read;
        }
    }

    /** As a pool gives it that does not show what is behind it. */
    private static Connection hidden(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                PgDialectTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("isWrapperFor")) return false;
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
