package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.postgres.ladder.Origin;
import dev.holdfast.postgres.ladder.ReplicaOptions;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that fails, or is none. */
@ProcessTest
class ReplicaTroubleTest {
    private static final String UNAVAILABLE = "holdfast.replica.unavailable";

    @TempDir
    Path folder;

    private Pair pair;

    @BeforeEach
    void begin() {
        pair = Pair.in(folder);
    }

    @AfterEach
    void end() {
        pair.close();
    }

    @Test
    void oneThatIsDownIsItsOwnErrorAndNotThePrimarysBurden() {
        try (var node = pair.node(() -> {})) {
            RunId run = node.start();
            pair.standby.awaitReplay();
            assertThat(node.reads().snapshots(Namespace.DEFAULT, run, 0, 0)).isPresent();
            pair.standby.server().kill();

            String before = String.valueOf(Pair.asked(pair.primary));
            unavailable(() -> node.reads().snapshots(Namespace.DEFAULT, run, 1, 0));
            unavailable(() -> node.reads().snapshots(Namespace.DEFAULT, run, 9, 0));
            unavailable(() -> node.reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, 9));
            assertThat(node.counters().all()).isEqualTo(Map.of(UNAVAILABLE + "{failed}", 3L));
            for (int i = 0; i < 5; i++) {
                assertThat(unavailable(() -> node.reads().snapshots(Namespace.DEFAULT, run, 1, 0)))
                        .contains("is not asked for a moment");
            }
            assertThat(node.counters().all())
                    .isEqualTo(Map.of(UNAVAILABLE + "{failed}", 3L, UNAVAILABLE + "{not_asked}", 5L));
            assertThat(Pair.asked(pair.primary))
                    .as("what the primary was asked")
                    .isEqualTo(before);
            assertThat(node.waits()).isEmpty();
            assertThat(node.seq(run)).as("what is decided goes on").isEqualTo(1);

            pair.standby.server().restart();
            pair.standby.awaitReplay();
            unavailable(() -> node.reads().snapshots(Namespace.DEFAULT, run, 1, 0));
            pair.replicaClock.pass(Duration.ofSeconds(1));
            assertThat(node.reads().snapshots(Namespace.DEFAULT, run, 1, 0))
                    .as("the probe")
                    .isPresent();
            assertThat(node.reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, 9))
                    .hasSize(1);
        }
    }

    @Test
    void oneThatWasPromotedIsNoReplicaAnyMore() {
        try (var node = pair.node(() -> {})) {
            RunId run = node.start();
            pair.standby.awaitReplay();
            assertThat(node.reads().snapshots(Namespace.DEFAULT, run, 1, 0)).isPresent();
            pair.standby.server().query("mine", "SELECT pg_promote()");
            pair.replicaClock.pass(Duration.ofSeconds(5));
            assertThat(unavailable(() -> node.reads().snapshots(Namespace.DEFAULT, run, 1, 0)))
                    .contains("it is not a replica any more");
        }
    }

    @Test
    void onlyAReplicaOfTheDatabaseIsTaken() {
        assertThat(refused(pair.primaryUrl()).code()).isEqualTo("replica_is_primary");
        assertThat(refused(pair.replicaUrl().replace("/mine", "/nowhere")).code())
                .isEqualTo("database_missing");
        assertThat(refused("http://replica").code()).isEqualTo("database_url");
        pair.primary.createDatabase("other");
        pair.standby.awaitReplay();
        assertThat(refused(pair.replicaUrl().replace("/mine", "/other")).code()).isEqualTo("replica_foreign");
        try (var foreign = Pair.in(folder.resolve("other"))) {
            assertThat(refused(foreign.replicaUrl()).code()).isEqualTo("replica_foreign");
        }
        open(pair.replicaUrl()).close();
    }

    /** It has every number of ours, and what it shows may be true for a while. */
    @Test
    void oneOfACopyOfTheDatabaseAnswersNothing() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        try (var copy = pair.copy(elsewhere);
                var theirs = copy.node(() -> {});
                var ours = pair.node(() -> {}, ReplicaOptions.at(copy.replicaUrl()), 0.5)) {
            RunId foreign = theirs.start();
            RunId own = ours.start();
            copy.standby.awaitReplay();
            assertThat(theirs.reads().snapshots(Namespace.DEFAULT, foreign, 1, 0))
                    .isPresent();

            assertThat(unavailable(() -> ours.reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, 9)))
                    .contains("does not show this node");
            assertThat(ours.reads().snapshots(Namespace.DEFAULT, foreign, 0, 0)).isEmpty();
            assertThat(ours.reads().snapshots(Namespace.DEFAULT, own, 1, 0)).isPresent();
            assertThat(ours.counters().all())
                    .isEqualTo(
                            Map.of(UNAVAILABLE + "{failed}", 1L, "holdfast.snapshots_since.replica_miss{primary}", 1L));
        }
    }

    @Test
    void oneThatIsExchangedBehindItsAddressAnswersNothing() throws Exception {
        try (var foreign = Pair.in(folder.resolve("other"));
                var theirs = foreign.node(() -> {});
                var gate = new Gate(pair.standby.server().port())) {
            theirs.start();
            foreign.standby.awaitReplay();
            String through =
                    pair.replicaUrl().replace(":" + pair.standby.server().port(), ":" + gate.port());
            try (var node = pair.node(() -> {}, ReplicaOptions.at(through), 0.5)) {
                RunId run = node.start();
                pair.standby.awaitReplay();
                assertThat(node.reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, 9))
                        .hasSize(1);

                gate.leadTo(foreign.standby.server().port());
                assertThat(unavailable(() -> node.reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, 9)))
                        .contains("another database");
                unavailable(() -> node.reads().snapshots(Namespace.DEFAULT, run, 1, 0));

                gate.leadTo(pair.standby.server().port());
                assertThat(node.reads().snapshots(Namespace.DEFAULT, run, 1, 0)).isPresent();
            }
        }
    }

    /** Lists of one that is just late come when it shows the node. */
    @Test
    void oneThatDoesNotShowTheNodeYetIsUsedWhenItDoes() {
        pair.standby.pauseReplay();
        try (var node = pair.node(pair.standby::resumeReplay)) {
            RunId run = node.start();
            assertThat(node.reads().snapshots(Namespace.DEFAULT, run, 1, 0)).isPresent();
            pair.standby.awaitReplay();
            assertThat(node.reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, 9))
                    .hasSize(1);
        }
    }

    /** Nothing can be said of the replica then. */
    @Test
    void aPrimaryThatFailsMeanwhileIsNotTakenForTheReplica() {
        var primary = Connections.to(pair.primaryUrl());
        pair.primary.stop();
        Refused refused = catchThrowableOfType(Refused.class, () -> Origin.of(primary));
        assertThat(refused.code()).isEqualTo("database_unreachable");
        assertThat(refused.getMessage()).contains(":" + pair.primary.port());
        pair.primary.restart();
    }

    @Test
    void oneThatIsDownAtTheBootKeepsNobodyFromBooting() {
        pair.standby.server().stop();
        var options = ReplicaOptions.at(pair.replicaUrl());
        try (var node = pair.node(() -> {}, options, 0.5)) {
            RunId run = node.start();
            unavailable(() -> node.reads().snapshots(Namespace.DEFAULT, run, 1, 0));
            pair.standby.server().restart();
            pair.standby.awaitReplay();
            assertThat(node.reads().snapshots(Namespace.DEFAULT, run, 1, 0)).isPresent();
        }
    }

    @Test
    void oneThatHangsIsGivenUp() {
        try (var node = pair.node(() -> {})) {
            RunId run = node.start();
            pair.standby.awaitReplay();
            assertThat(node.reads().snapshots(Namespace.DEFAULT, run, 1, 0)).isPresent();
            String before = String.valueOf(Pair.asked(pair.primary));
            pair.standby.server().pause();
            long began = System.nanoTime();
            unavailable(() -> node.reads().snapshots(Namespace.DEFAULT, run, 1, 0));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
            assertThat(Pair.asked(pair.primary)).isEqualTo(before);
            pair.standby.server().resume();
            assertThat(node.reads().snapshots(Namespace.DEFAULT, run, 1, 0)).isPresent();
        }
    }

    private PgCluster open(String replica) {
        return PgCluster.open(new PostgresOptions(pair.primaryUrl()).replica(ReplicaOptions.at(replica)), Pair.PORTS);
    }

    private Refused refused(String replica) {
        Refused refused =
                catchThrowableOfType(Refused.class, () -> open(replica).close());
        assertThat(refused).as("what is said about " + replica).isNotNull();
        return refused;
    }

    private static String unavailable(ThrowingCallable reading) {
        Unavailable error = catchThrowableOfType(Unavailable.class, reading);
        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo("replica_unavailable");
        assertThat(error.indeterminate()).isFalse();
        return String.valueOf(error.getMessage());
    }
}
