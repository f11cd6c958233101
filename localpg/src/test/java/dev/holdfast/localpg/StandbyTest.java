package dev.holdfast.localpg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StandbyTest {
    @TempDir
    Path folder;

    @Test
    @EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
    void it_follows_falls_behind_on_demand_and_finds_a_primary_that_came_back() {
        try (var primary = LocalPostgres.start(folder.resolve("primary"), Settings.standard())) {
            primary.createDatabase("orders");
            primary.query("orders", "CREATE TABLE seen (n int)");
            primary.query("orders", "INSERT INTO seen SELECT * FROM generate_series(1, 1000)");
            try (var standby = primary.standby(folder.resolve("standby"))) {
                standby.awaitReplay();
                assertThat(rows(standby.server())).containsExactly("1000");
                assertThat(standby.server().query("orders", "SELECT pg_is_in_recovery()"))
                        .containsExactly(List.of("t"));

                standby.pauseReplay();
                primary.query("orders", "INSERT INTO seen VALUES (1001)");
                assertThat(rows(standby.server())).containsExactly("1000");
                standby.resumeReplay();
                standby.awaitReplay();
                assertThat(rows(standby.server())).containsExactly("1001");

                primary.kill();
                assertThat(rows(standby.server())).containsExactly("1001");
                primary.restart();
                standby.server().restart();
                primary.query("orders", "INSERT INTO seen VALUES (1002)");
                standby.awaitReplay();
                assertThat(rows(standby.server())).containsExactly("1002");
            }
            assertThat(primary.query("orders", "SELECT count(*) FROM pg_replication_slots"))
                    .as("what would keep the primary's log for ever")
                    .containsExactly(List.of("0"));
        }
    }

    private static List<@Nullable String> rows(LocalPostgres server) {
        return server.query("orders", "SELECT count(*) FROM seen").getFirst();
    }
}
