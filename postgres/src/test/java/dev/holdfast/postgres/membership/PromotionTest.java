package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica takes the place of the server. */
@ProcessTest
class PromotionTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void whenAReplicaIsPromotedEverybodyGivesUpWhatItHolds(@TempDir Path folder) {
        try (var primary = LocalPostgres.start(folder.resolve("primary"), Settings.standard())) {
            primary.createDatabase("mine");
            primary.query("mine", "CREATE SCHEMA holdfast; SET search_path = holdfast; " + Town.tables());
            try (var standby = primary.standby(folder.resolve("standby"))) {
                String both = "postgres://postgres@127.0.0.1:" + primary.port() + ",127.0.0.1:"
                        + standby.server().port() + "/mine?target_session_attrs=primary";
                var ear = new Ear();
                try (var one = join(both, ear)) {
                    standby.awaitReplay();
                    primary.kill();
                    standby.server().query("mine", "SELECT pg_promote()");
                    ear.until("dead: the database is another one, or was promoted", LONG);
                    assertThat(one.serving()).isFalse();
                    try (var again = join(both, new Ear())) {
                        assertThat(again.node().number())
                                .isGreaterThan(one.node().number());
                    }
                }
            }
        }
    }

    private static Membership join(String url, Ear ear) {
        return Membership.join(Connections.to(url), Town.PORTS, new Newcomer("one", "", 1, 1), ear);
    }
}
