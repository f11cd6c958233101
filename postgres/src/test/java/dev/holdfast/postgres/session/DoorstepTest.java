package dev.holdfast.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.Gate;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a server says to who only asks whether it lets anybody in. */
class DoorstepTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void whoeverWouldBeLetInHearsNothingElse() throws SQLException {
        try (var database = TestDatabase.fresh();
                Connection session = to(database).open()) {
            Doorstep doorstep = Doorstep.of(session).orElseThrow();
            assertThatCode(() -> doorstep.knock(LONG)).doesNotThrowAnyException();
        }
    }

    /** It waits for its sessions to end, and they can go on meanwhile. */
    @Test
    void aServerThatIsBeingStoppedSaysSo() throws Exception {
        try (var server = LocalPostgres.temporary(Settings.standard());
                Connection session =
                        Connections.to(server.url("postgres").toString()).open()) {
            Doorstep doorstep = Doorstep.of(session).orElseThrow();
            assertThat(new ProcessBuilder("kill", "-TERM", Long.toString(server.pid()))
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
            await("it lets nobody in")
                    .atMost(LONG)
                    .until(() -> state(doorstep, LONG).equals("57P03"));
            assertThat(session.isValid(10)).isTrue();
        }
    }

    @Test
    void aServerThatSaysNothingIsAwaitedForAWhile() throws SQLException {
        try (var server = LocalPostgres.temporary(Settings.standard());
                Connection session =
                        Connections.to(server.url("postgres").toString()).open()) {
            Doorstep doorstep = Doorstep.of(session).orElseThrow();
            server.pause();
            assertThat(state(doorstep, Duration.ofMillis(200))).isEqualTo("08006");
            server.resume();
        }
    }

    /** It could answer in the place of the server. */
    @Test
    void whereSomethingStandsBetweenThereIsNone() throws IOException, SQLException {
        try (var database = TestDatabase.fresh();
                var gate = new Gate(database.server().port())) {
            String behind =
                    database.url().toString().replace(":" + database.server().port(), ":" + gate.port());
            try (Connection session = Connections.to(behind).open()) {
                assertThat(Doorstep.of(session)).isEmpty();
            }
        }
    }

    private static Connections to(TestDatabase database) {
        return Connections.to(database.url().toString());
    }

    /** The code of what it says; empty if somebody would be let in. */
    private static String state(Doorstep doorstep, Duration patience) {
        SQLException says = catchThrowableOfType(SQLException.class, () -> doorstep.knock(patience));
        return says == null ? "" : Objects.requireNonNullElse(says.getSQLState(), "");
    }
}
