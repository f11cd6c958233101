package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Refused;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.postgres.Gate;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes in one process. */
class MembershipTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Town town = Town.found();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void nodesSeeEachOtherAndHearWhatIsSaid() {
        var one = town.join();
        var two = town.join();
        assertThat(two.membership().alive()).isEqualTo(2);
        await("the first one sees the second")
                .atMost(SOON)
                .until(() -> one.membership().alive() == 2);
        assertThat(one.membership().takeovers(10)).isEmpty();

        one.membership().send(two.number(), "look at run 7");
        two.ear().until("heard look at run 7", SOON);
        IntStream.range(0, 2_000).forEach(i -> two.membership().send(one.number(), "run " + i));
        one.ear().until("heard run 0", SOON);
        // However quick the two are: so much is said at once that it cannot all be heard.
        String much = "x".repeat(300);
        await("there was more to hear").atMost(SOON).until(() -> {
            IntStream.range(0, 500).forEach(i -> two.membership().send(one.number(), i + much));
            return one.ear().heard().contains("missed");
        });
        assertThat(one.ear().heard()).doesNotContain("suspended");
        assertThat(one.membership().serving()).isTrue();
    }

    @Test
    void whoLeavesIsGoneAtOnceAndNobodyTakesItForDead() {
        var one = town.join();
        var two = town.join();
        two.membership().leave();
        one.ear().until("died " + two.number(), SOON);
        assertThat(town.numbers()).containsExactly(one.number());
        assertThat(one.membership().takeovers(10)).isEmpty();
        assertThat(two.ear().heard()).noneMatch(each -> each.startsWith("dead"));
    }

    @Test
    void whoseSessionsEndIsDeadForEverybody() {
        var one = town.join();
        var two = town.join();
        var three = town.join();
        two.membership().close();
        one.ear().until("died " + two.number(), SOON);
        three.ear().until("died " + two.number(), SOON);
        assertThat(town.numbers()).containsExactly(one.number(), three.number());
        assertThat(one.membership().takeovers(10)).singleElement().satisfies(takeover -> {
            assertThat(takeover.node()).isEqualTo(two.membership().node());
            assertThat(takeover.by()).isEqualTo(one.number());
            assertThat(takeover.how()).isIn(Takeover.How.RING, Takeover.How.SWEEP);
        });
    }

    /** User code that computes is on all threads that carry others; who watches must not be one of those. */
    @Test
    void whoseCodeComputesFindsTheDead() {
        var one = town.join();
        var two = town.join();
        var computes = new AtomicBoolean(true);
        IntStream.range(0, 2 * Runtime.getRuntime().availableProcessors())
                .forEach(i -> Town.PORTS.threads().task("computes", () -> {
                    while (computes.get()) Thread.onSpinWait();
                }));
        try {
            two.membership().close();
            one.ear().until("died " + two.number(), SOON);
        } finally {
            computes.set(false);
        }
        assertThat(one.ear().heard()).doesNotContain("suspended");
    }

    @Test
    @ProcessTest
    void whoIsLetInByNobodyStaysAliveAndFindsTheDeadLater() throws Exception {
        try (var gate = new Gate(town.server.port())) {
            var one = town.join(gate);
            var two = town.join();
            await("it waits for the other").atMost(SOON).until(() -> town.waits(one.number(), two.number()));
            gate.shut();
            two.membership().close();
            await("it has knocked again").atMost(LONG).until(() -> gate.kept() > 1);
            assertThat(town.numbers()).contains(two.number());
            gate.open();
            one.ear().until("died " + two.number(), LONG);
            assertThat(one.ear().heard()).doesNotContain("suspended");
        }
    }

    /** It says nothing about the one that has granted the lock. */
    @Test
    @ProcessTest
    void whoIsTurnedAwayByAnotherServerOnlyFindsTheDeadLater() throws Exception {
        try (var other = LocalPostgres.temporary(Settings.standard());
                var gate = new Gate(town.server.port())) {
            var one = town.join(gate, other);
            var two = town.join();
            await("it waits for the other").atMost(SOON).until(() -> town.waits(one.number(), two.number()));
            gate.shut();
            two.membership().close();
            // Each time with TLS and without.
            await("it has knocked again, or goes on")
                    .atMost(LONG)
                    .until(() -> gate.kept() > 2 || town.buried(two.number()));
            assertThat(town.numbers()).contains(two.number());
            gate.open();
            one.ear().until("died " + two.number(), LONG);
            assertThat(one.ear().heard()).doesNotContain("suspended");
        }
    }

    /** A server that says so lives. */
    @Test
    void whoIsLetInNoMoreFindsTheDeadAllTheSame() throws IOException {
        try (var gate = new Gate(town.server.port())) {
            var one = town.join(gate);
            var two = town.join();
            await("it waits for the other").atMost(SOON).until(() -> town.waits(one.number(), two.number()));
            town.admit("false");
            try {
                two.membership().close();
                one.ear().until("died " + two.number(), SOON);
            } finally {
                town.admit("true");
            }
            assertThat(one.ear().heard()).doesNotContain("suspended");
        }
    }

    @Test
    void whoLosesOnlyTheSessionWithItsLockIsDeadAndComesBackAsSomebodyElse() {
        var one = town.join();
        var two = town.join();
        town.endHold(two.number());
        one.ear().until("died " + two.number(), SOON);
        two.ear().until("dead: ", SOON);
        assertThat(two.membership().serving()).isFalse();
        var again = town.join();
        assertThat(again.number()).isGreaterThan(two.number());
        town.untilAlive(one.number(), again.number());
    }

    @Test
    void whoIsAloneAndLosesItIsDeadToo() {
        var one = town.join();
        town.endHold(one.number());
        one.ear().until("dead: the session that held its lock has ended", SOON);
        var again = town.join();
        town.untilAlive(again.number());
    }

    @Test
    void whoseRowIsGoneIsDead() {
        var one = town.join();
        town.execute("DELETE FROM holdfast.nodes");
        one.ear().until("dead: its row in nodes is gone", SOON);
        assertThat(one.membership().serving()).isFalse();
    }

    @Test
    void aNumberWhoseLockSomebodyHasIsLeftOut() throws SQLException {
        try (Connection stranger = town.connections().open();
                var statement = stranger.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(lock_class, n) FROM cluster, generate_series(1, 3) n");
            assertThat(town.join().number()).isEqualTo(4);
            assertThat(town.numbers()).containsExactly(4L);
        }
    }

    @Test
    void whatWasLostIsArmedAgain() {
        var one = town.join();
        var two = town.join();
        var three = town.join();
        for (var each : new Town.Citizen[] {one, two, three}) town.endOthersThanHold(each.number());
        for (var each : new Town.Citizen[] {one, two, three}) each.ear().until("missed", SOON);
        await("heard again").atMost(SOON).until(() -> {
            one.membership().send(two.number(), "again");
            return two.ear().heard().contains("heard again");
        });
        three.membership().close();
        one.ear().until("died " + three.number(), SOON);
        two.ear().until("died " + three.number(), SOON);
        assertThat(one.ear().heard()).noneMatch(each -> each.startsWith("dead"));
    }

    @Test
    @ProcessTest
    void aNodeOneOfWhoseLoopsIsStuckStopsByItself() {
        var one = town.join();
        Pulse idle = one.membership().pulse("writer");
        idle.idle();
        Pulse stuck = one.membership().pulse("tick");
        one.ear().until("suspended", LONG);
        assertThat(one.membership().serving()).isFalse();
        one.ear().until("stop", LONG);
        one.ear().until("overdue", LONG);
        stuck.idle();
        one.ear().until("resumed STOPPED", LONG);
        await("it serves").atMost(SOON).until(() -> one.membership().serving());
        assertThat(one.ear().heard()).containsExactly("suspended", "stop", "overdue", "resumed STOPPED");
    }

    @Test
    void aClaimInFlightComesBeforeTheDeathOfWhoMadeIt() throws SQLException {
        var one = town.join();
        var two = town.join();
        try (Connection claim = town.connections().open();
                var statement = claim.createStatement()) {
            claim.setAutoCommit(false);
            statement.execute("SELECT FROM nodes WHERE number = " + two.number() + " FOR KEY SHARE");
            two.membership().close();
            await("the death waits for the claim")
                    .atMost(SOON)
                    .until(() -> "1"
                            .equals(town.ask(
                                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")));
            assertThat(town.numbers()).contains(two.number());
            claim.commit();
        }
        one.ear().until("died " + two.number(), SOON);
        town.untilAlive(one.number());
    }

    @Test
    void allSessionsOfADeadNodeEndWhateverTheyDo() throws SQLException {
        var one = town.join();
        var two = town.join();
        try (Connection left = town.connections().named(two.number()).open();
                Connection other = town.connections().named(two.number() * 10).open();
                var statement = left.createStatement()) {
            left.setAutoCommit(false);
            statement.execute("SELECT FROM cluster FOR UPDATE");
            two.membership().close();
            one.ear().until("died " + two.number(), SOON);
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
            assertThat(other.isValid(1)).isTrue();
        }
    }

    @Test
    void whoIsNobodysNeighbourIsFoundBySweeping() throws SQLException {
        Times calm = new Times(
                Times.USUAL.heartbeat(), HOUR, HOUR, HOUR, Duration.ofMillis(200), Duration.ofSeconds(1), HOUR, HOUR);
        var one = town.join(calm);
        // The number between is alive and watches nobody: without the sweep, nobody asks for the lock of the last one.
        town.ghost(50);
        Connection last = town.ghost(51);
        await("both are seen").atMost(SOON).until(() -> one.membership().alive() == 3);
        last.close();
        one.ear().until("died 51", SOON);
        assertThat(one.membership().takeovers(1))
                .first()
                .satisfies(takeover -> assertThat(takeover.how()).isEqualTo(Takeover.How.SWEEP));
    }

    @Test
    void aNodeDoesNotDieOfItsListener() {
        var one = town.join();
        one.ear().failAt("died");
        var two = town.join();
        await("it is watched").atMost(SOON).until(() -> town.waits(one.number(), two.number()));
        two.membership().close();
        one.ear().until("died " + two.number(), SOON);
        var three = town.join();
        await("it is watched").atMost(SOON).until(() -> town.waits(one.number(), three.number()));
        three.membership().close();
        one.ear().until("died " + three.number(), SOON);
        assertThat(one.membership().serving()).isTrue();
        assertThat(one.ear().heard()).noneMatch(each -> each.startsWith("dead"));
    }

    @Test
    void whoJoinsIsWatchedAtOnce() {
        Times slow = new Times(
                Times.USUAL.heartbeat(), HOUR, HOUR, HOUR, Duration.ofSeconds(60), Duration.ofSeconds(60), HOUR, HOUR);
        var one = town.join(slow);
        var two = town.join(slow);
        await("the second waits for the first").atMost(SOON).until(() -> town.waits(two.number(), one.number()));
        var three = town.join(slow);
        await("… and then for the third").atMost(SOON).until(() -> town.waits(two.number(), three.number()));
        three.membership().close();
        two.ear().until("died " + three.number(), SOON);
    }

    @Test
    void whoIsNotThereAtTheNextLookIsGoneAlsoIfNobodySaysSo() throws SQLException {
        // It looks again when its patience is at an end.
        var one = town.join(
                new Times(Times.USUAL.heartbeat(), HOUR, HOUR, HOUR, Duration.ofMillis(200), HOUR, HOUR, HOUR));
        town.ghost(50);
        await("it is seen").atMost(SOON).until(() -> one.membership().alive() == 2);
        town.execute("DELETE FROM holdfast.nodes WHERE number = 50");
        one.ear().until("died 50", SOON);
        assertThat(one.membership().alive()).isEqualTo(1);
    }

    @Test
    void whoComesBackToAServerThatWasRestartedWaitsForItsOwnNumber() throws Exception {
        var one = town.join();
        try (Connection stranger = town.connections().open();
                var statement = stranger.createStatement()) {
            statement.execute("SET application_name = 'holdfast/stranger'");
            Thread waiter = Town.PORTS.threads().task("stranger", () -> {
                try {
                    statement.execute("SELECT pg_advisory_lock(lock_class, " + one.number() + ") FROM cluster");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await("the stranger waits").atMost(SOON).until(() -> town.waits("stranger", one.number()));
            // The session with the lock ends as it does after a crash of the server.
            town.crashed();
            town.endHold(one.number());
            waiter.join();
            one.ear().until("suspended", LONG);
        }
        one.ear().until("resumed", LONG);
        town.untilAlive(one.number());
        assertThat(one.membership().serving()).isTrue();
    }

    @Test
    void whoComesBackTooLateIsDead() {
        var one = town.join();
        town.crashed();
        town.execute("BEGIN; DELETE FROM holdfast.nodes; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                + " application_name = 'holdfast/" + one.number() + "' AND datname = current_database(); COMMIT");
        one.ear().until("dead: the database was started again, and this node came back to it too late", SOON);
    }

    @Test
    void whoGivesNoSignOfLifeIsEnded() throws SQLException {
        Times quick = new Times(
                Times.USUAL.heartbeat(),
                HOUR,
                HOUR,
                HOUR,
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                HOUR);
        var one = town.join(quick);
        var two = town.join(quick);
        Connection frozen = town.ghost(50);
        one.ear().until("died 50", Duration.ofSeconds(10));
        assertThatThrownBy(frozen::commit).as("its session has ended").isInstanceOf(SQLException.class);
        assertThat(one.ear().heard()).noneMatch(each -> each.startsWith("dead"));
        assertThat(two.ear().heard()).noneMatch(each -> each.startsWith("dead"));
    }

    @Test
    void whoCannotWorkWithTheOthersDoesNotJoin() {
        var one = town.join();
        assertThatThrownBy(
                        () -> Membership.join(town.connections(), Town.PORTS, new Newcomer("new", "", 2, 3), new Ear()))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("schema_incompatible"));
        assertThat(town.numbers()).containsExactly(one.number());
    }

    /** Whose row is there until somebody finds it dead. */
    @Test
    void whoCouldNotWorkWithTheDeadJoins() throws SQLException {
        town.ghost(50).createStatement().execute("SELECT pg_advisory_unlock_all()");
        try (var membership =
                Membership.join(town.connections(), Town.PORTS, new Newcomer("new", "", 2, 3), new Ear())) {
            town.untilAlive(membership.node().number());
        }
    }
}
