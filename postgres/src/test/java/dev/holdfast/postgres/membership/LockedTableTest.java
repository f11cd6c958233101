package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ProcessTest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Somebody changes the table of the nodes, by an upgrade or at a prompt, for longer than anybody may be silent. */
class LockedTableTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    /** Longer than it takes until a loop that does not turn is noticed, and its node is told to stop. */
    private static final Duration LONG = Duration.ofSeconds(13);

    private static final String LEAVING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            + " AND datname = current_database() AND query LIKE 'DELETE FROM nodes%'"
            + " AND query_start < now() - interval '400 ms'";

    private final Town town = Town.found();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    @ProcessTest
    void nobodyDiesOfALockOnTheTableOfNodes() throws SQLException {
        var one = town.join();
        var two = town.join();
        town.untilAlive(one.number(), two.number());
        try (Connection stranger = stranger();
                var statement = stranger.createStatement()) {
            stranger.setAutoCommit(false);
            statement.execute("LOCK TABLE holdfast.nodes IN ACCESS EXCLUSIVE MODE");
            await("both serve as long as it is locked")
                    .during(LONG)
                    .atMost(LONG.multipliedBy(2))
                    .until(() -> one.membership().serving() && two.membership().serving());
            stranger.rollback();
        }
        assertThat(one.ear().heard()).isEmpty();
        assertThat(two.ear().heard()).isEmpty();
        two.membership().close();
        one.ear().until("died " + two.number(), SOON);
    }

    @Test
    void whoLeavesWaitsForWhoHasLockedTheTable() throws Exception {
        var one = town.join();
        var two = town.join();
        town.untilAlive(one.number(), two.number());
        Thread leaves;
        try (Connection stranger = stranger();
                var statement = stranger.createStatement()) {
            stranger.setAutoCommit(false);
            statement.execute("LOCK TABLE holdfast.nodes IN ACCESS EXCLUSIVE MODE");
            leaves = Town.PORTS.threads().loop("leaves", two.membership()::leave);
            await("it has waited for longer than a heartbeat does")
                    .atMost(SOON)
                    .until(() -> "1".equals(town.ask(LEAVING)));
            stranger.rollback();
        }
        leaves.join();
        one.ear().until("died " + two.number(), SOON);
        assertThat(one.membership().takeovers(10)).isEmpty();
    }

    /** Without what ends the sessions of nodes soon when they do nothing. */
    private Connection stranger() throws SQLException {
        return DriverManager.getConnection(town.server.jdbcUrl(town.name()));
    }
}
