package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Refused;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** All nodes of a cluster have the streams of their runs in the same place. */
final class PlacesTest {
    private static final StreamPlace HERE = StreamPlace.onNats("one stream");
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final StreamPlace THERE = StreamPlace.onNats("another stream");

    private static Membership join(Town town, StreamPlace streams) {
        return Membership.join(
                town.connections(), Town.PORTS, new Newcomer("new", "", 1, 1).streams(streams), new Ear());
    }

    private static void assertRefused(Town town, StreamPlace streams, String... why) {
        assertThatThrownBy(() -> join(town, streams))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("streams_elsewhere"))
                .hasMessageContainingAll(why);
    }

    @Test
    void whoWouldHaveThemInAnotherPlaceDoesNotJoin() {
        try (var town = Town.found()) {
            try (var one = join(town, HERE);
                    var two = join(town, HERE)) {
                assertRefused(town, THERE, "node " + one.node().number(), "on NATS", "in another stream");
                assertRefused(town, StreamPlace.TABLES, "on NATS", "would have them in the database", "--nats");
                assertThat(town.numbers())
                        .containsExactly(one.node().number(), two.node().number());
            }
            // Nobody is left who says anything, as soon as the server has ended what they had.
            await("their locks are gone")
                    .atMost(SOON)
                    .until(() -> "0"
                            .equals(town.ask(
                                    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname ="
                                            + " current_database() AND l.locktype = 'advisory' AND l.granted")));
            try (var three = join(town, StreamPlace.TABLES)) {
                assertThat(three.isMember()).isTrue();
                assertRefused(town, HERE, "in the database", "would have them on NATS");
            }
        }
    }

    /** It has the lock of a node, and no other. */
    @Test
    void aNodeThatSaysNothingOfItIsNobodysObstacle() throws SQLException {
        try (var town = Town.found()) {
            town.ghost(50);
            var newcomer = new Newcomer("new", "", 98, 99).streams(HERE);
            try (var one = Membership.join(town.connections(), Town.PORTS, newcomer, new Ear())) {
                assertThat(one.isMember()).isTrue();
            }
        }
    }

    @Test
    void itIsSaidAgainWhenTheServerWasStartedAgain() {
        try (var town = Town.found();
                var one = join(town, HERE)) {
            String sayer =
                    "SELECT max(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = " + HERE.key();
            String before = town.ask(sayer);
            assertThat(before).isNotNull();
            town.crashed();
            town.endHold(one.node().number());
            await("another session says it").atMost(SOON).until(() -> {
                String now = town.ask(sayer);
                return now != null && !now.equals(before);
            });
            assertThat(one.isMember()).isTrue();
            assertRefused(town, StreamPlace.TABLES, "on NATS");
        }
    }
}
