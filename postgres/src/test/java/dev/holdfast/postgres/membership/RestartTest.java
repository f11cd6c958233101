package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ProcessTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of nodes when the server is away for a while. Nobody died, so nobody is taken for dead. */
@ProcessTest
class RestartTest {
    private static final Duration LONG = Duration.ofSeconds(40);

    private final Town town = Town.apart();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void fiveRestartsAndEverybodyIsWhoItWas() {
        List<Town.Citizen> all = Stream.generate(town::join).limit(3).toList();
        for (int i = 0; i < 5; i++) {
            town.server.restart();
            untilAllHaveTheirLocks(all);
        }
        town.server.kill();
        town.server.restart();
        untilAllHaveTheirLocks(all);
        assertNobodyDied(all);
    }

    @Test
    void aProcessOfTheServerThatCrashesIsARestartToo() {
        List<Town.Citizen> all = Stream.generate(town::join).limit(3).toList();
        String pid = town.ask("SELECT min(pid) FROM pg_stat_activity WHERE application_name = 'holdfast/1'");
        Town.signal("KILL", Long.parseLong(String.valueOf(pid)));
        // Whoever listens has a new session then.
        for (Town.Citizen each : all) each.ear().until("missed", LONG);
        untilAllHaveTheirLocks(all);
        assertNobodyDied(all);
    }

    @Test
    void whoseSessionIsTheFirstToEndWhenTheServerStopsHasNotDied() throws SQLException {
        List<Town.Citizen> all = Stream.generate(town::join).limit(3).toList();
        long second = all.get(1).number();
        try (Connection session = town.connections().open();
                var statement = session.createStatement()) {
            // The server has begun to end its sessions, and was interrupted after the first: it lets nobody in.
            Town.signal("STOP", town.server.pid());
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE granted AND locktype = 'advisory'"
                    + " AND objid = " + second);
            await("somebody is given the lock").atMost(LONG).until(() -> {
                try (var row = statement.executeQuery("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a"
                        + " ON a.pid = l.pid WHERE l.granted AND l.locktype = 'advisory' AND l.objid = " + second
                        + " AND a.application_name <> 'holdfast/" + second + "'")) {
                    row.next();
                    return row.getInt(1) == 1;
                }
            });
            // And then the others.
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE"
                    + " 'holdfast/_'");
            statement.execute("SELECT pg_terminate_backend(pg_backend_pid())");
        } catch (SQLException e) {
            assertThat(e.getMessage()).contains("terminating connection");
        }
        town.server.kill();
        town.server.restart();
        untilAllHaveTheirLocks(all);
        assertNobodyDied(all);
    }

    @Test
    void aStallOfFifteenSecondsStopsEverybodyAndKillsNobody() {
        List<Town.Citizen> all = Stream.generate(town::join).limit(3).toList();
        town.server.pause();
        long began = System.nanoTime();
        for (Town.Citizen each : all) each.ear().until("overdue", LONG);
        long last =
                all.stream().mapToLong(each -> each.ear().when("overdue")).max().orElseThrow();
        long overdue = (last - began) / 1_000_000;
        System.out.println("all had stopped by themselves after " + overdue + " ms");
        assertThat(overdue).as("before the server may end their sessions").isLessThan(6_000);
        // It must be longer than everything that could be taken for a death.
        await("15 s have passed")
                .atMost(LONG)
                .until(() -> System.nanoTime() - began > Duration.ofSeconds(15).toNanos());
        town.server.resume();
        for (Town.Citizen each : all) each.ear().until("resumed STOPPED", LONG);
        untilAllHaveTheirLocks(all);
        assertNobodyDied(all);
    }

    @Test
    void whoDoesNotComeBackAfterARestartIsFoundWhenItsGraceIsOver() {
        var survivor = town.join();
        Outsider other = town.outside(Times.USUAL);
        long number = other.number();
        town.server.stop();
        other.signal("KILL");
        town.server.restart();
        long began = System.nanoTime();
        survivor.ear().until("died " + number, LONG);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(9));
        town.untilAlive(survivor.number());
        assertThat(survivor.ear().heard()).noneMatch(each -> each.startsWith("dead"));
    }

    private void untilAllHaveTheirLocks(List<Town.Citizen> all) {
        await("all have their locks in this life of the server")
                .atMost(LONG)
                .ignoreExceptions()
                .until(() -> town.locks() == all.size()
                        && all.stream().allMatch(each -> each.membership().serving()));
    }

    private void assertNobodyDied(List<Town.Citizen> all) {
        for (Town.Citizen each : all) {
            assertThat(each.ear().heard()).noneMatch(word -> word.startsWith("dead") || word.startsWith("died"));
        }
        assertThat(all.getFirst().membership().takeovers(10)).isEmpty();
        assertThat(town.numbers())
                .isEqualTo(all.stream().map(Town.Citizen::number).toList());
    }
}
