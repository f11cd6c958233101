package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.RunId;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a server of ours tells by its log. */
class StatementsTest {
    private static final UUID ASKED = new UUID(1, 2);

    @Test
    void each_statement_about_a_run_is_counted_from_a_moment_on() {
        var run = RunId.of(ASKED).toString();
        var other = RunId.of(new UUID(1, 3)).toString();
        try (var server = LocalPostgres.temporary(Statements.logged(Settings.standard()))) {
            server.createDatabase(Database.NAME);
            var statements = new Statements(server);
            server.query(Database.NAME, "SELECT '" + ASKED + "'");

            long mark = statements.mark();
            assertThat(statements.about(List.of(run), mark)).isEqualTo(Map.of(run, 0L));
            server.query(Database.NAME, "SELECT '" + ASKED + "'");
            server.query(Database.NAME, "SELECT 1 WHERE '" + ASKED + "' = 'x'");

            assertThat(statements.about(List.of(run, other), mark)).isEqualTo(Map.of(run, 2L, other, 0L));
            assertThat(statements.isReplica()).isFalse();
        }
    }
}
