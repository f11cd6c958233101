package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.SnapshotWindow;
import dev.holdfast.postgres.ladder.Replica;
import dev.holdfast.postgres.ladder.ReplicaOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who answers a reader: a real standby that is behind, or the primary. */
class LadderTest {
    private static final String MISS = "holdfast.snapshots_since.replica_miss";
    private static final Namespace HOME = Namespace.DEFAULT;
    private static final Namespace ELSEWHERE = new Namespace("elsewhere");

    @TempDir
    static Path folder;

    private static Pair pair;

    @BeforeAll
    static void begin() {
        pair = Pair.in(folder);
    }

    @AfterAll
    static void end() {
        pair.close();
    }

    @AfterEach
    void catchUp() {
        pair.standby.resumeReplay();
    }

    @Test
    void whatTheReplicaHasReachedItServesHoweverManyAreNewerThanTheCursor() {
        try (var node = pair.node(LadderTest::nothing)) {
            RunId run = node.start();
            for (int i = 0; i < 30; i++) node.claimAndRelease();
            pair.standby.awaitReplay();
            String before = asked();
            var window = since(node, run, 1, 0).orElseThrow();
            assertThat(window.seq()).isEqualTo(61);
            assertThat(window.snapshots())
                    .extracting(Snapshot::seq)
                    .startsWith(12L)
                    .endsWith(61L)
                    .hasSize(50);
            assertThat(window.omitted()).isEqualTo(10);
            assertThat(since(node, run, 61, 61).orElseThrow().snapshots()).isEmpty();
            assertThat(since(node, run, 0, 0).orElseThrow().seq()).isEqualTo(61);
            assertServedByTheReplica(node, before, Map.of());
        }
    }

    @Test
    void aCursorThatTheReplicaHasNotReachedIsServedByThePrimary() {
        try (var node = pair.node(LadderTest::nothing);
                var log = new Lines(Replica.class)) {
            pair.standby.pauseReplay();
            RunId run = node.start();
            node.claimAndRelease();
            String before = asked();
            var window = since(node, run, 2, 0).orElseThrow();
            assertThat(window.snapshots()).extracting(Snapshot::seq).containsExactly(3L);
            assertThat(node.waits()).hasSize(1);
            assertThat(asked()).isNotEqualTo(before);
            assertThat(node.counters().all()).isEqualTo(Map.of(MISS + "{primary}", 1L));
            assertThat(log.warnings()).hasSize(1);
            assertThat(log.warnings().getFirst()).contains(run.toString()).contains("cursor 2");
        }
    }

    @Test
    void theStartHasNoSnapshotAndIsReachedAllTheSame() {
        try (var node = pair.node(LadderTest::nothing)) {
            pair.standby.pauseReplay();
            RunId run = node.start();
            assertThat(since(node, run, 0, 0).orElseThrow().seq()).isEqualTo(1);
            assertThat(node.counters().all()).isEqualTo(Map.of(MISS + "{primary}", 1L));
        }
    }

    @Test
    void aReplicaThatCatchesUpMeanwhileIsEnough() {
        try (var node = pair.node(LadderTest::catchUpNow);
                var log = new Lines(Replica.class)) {
            pair.standby.pauseReplay();
            RunId run = node.start();
            node.claimAndRelease();
            String before = asked();
            assertThat(since(node, run, 3, 0).orElseThrow().seq()).isEqualTo(3);
            assertServedByTheReplica(node, before, Map.of(MISS + "{replica_retry}", 1L));
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void behindByOneIsNoReasonToAskFurther() {
        try (var node = pair.node(LadderTest::nothing)) {
            RunId run = node.start();
            pair.standby.awaitReplay();
            pair.standby.pauseReplay();
            node.claimAndRelease();
            String before = asked();
            var window = since(node, run, 1, 0).orElseThrow();
            assertThat(window.seq()).isEqualTo(1);
            assertThat(window.snapshots()).isEmpty();
            assertServedByTheReplica(node, before, Map.of());
            assertThat(node.waits()).isEmpty();
        }
    }

    @Test
    void unlessTheReaderWasToldOfMore() {
        try (var node = pair.node(LadderTest::nothing)) {
            RunId run = node.start();
            pair.standby.awaitReplay();
            pair.standby.pauseReplay();
            node.claimAndRelease();
            var window = since(node, run, 1, 3).orElseThrow();
            assertThat(window.snapshots()).extracting(Snapshot::seq).containsExactly(2L, 3L);
            assertThat(node.counters().all()).isEqualTo(Map.of(MISS + "{primary}", 1L));
        }
    }

    @Test
    void whatNotEvenThePrimaryHasReachedIsServedAsItIs() {
        try (var node = pair.node(LadderTest::nothing);
                var log = new Lines(Replica.class)) {
            RunId run = node.start();
            pair.standby.awaitReplay();
            assertThat(since(node, run, 1, 1_000_000_000).orElseThrow().seq()).isEqualTo(1);
            assertThat(node.counters().all()).isEqualTo(Map.of(MISS + "{ahead}", 1L));
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void aCursorOfNobodyIsNotFoundAndIsNoLag() {
        try (var node = pair.node(LadderTest::nothing);
                var log = new Lines(Replica.class)) {
            RunId run = node.start();
            pair.standby.awaitReplay();
            assertThat(since(node, run, 2, 0)).as("above its seq").isEmpty();
            assertThat(node.reads().snapshots(ELSEWHERE, run, 1, 0))
                    .as("of another namespace")
                    .isEmpty();
            assertThat(node.reads().snapshots(ELSEWHERE, run, 0, 0)).isEmpty();
            RunId nobody = RunId.of(pair.ids.next());
            assertThat(since(node, nobody, 1, 0)).as("of no run").isEmpty();
            assertThat(since(node, nobody, 0, 9)).isEmpty();
            assertThat(node.counters().all()).isEmpty();
            assertThat(log.warnings()).as("said now and then").hasSize(1);
            assertThat(log.warnings().getFirst()).contains(run.toString());
        }
    }

    @Test
    void nobodyWaitsIfTheLongestWaitIsNone() {
        var hasty = ReplicaOptions.at(pair.replicaUrl()).waits(Duration.ZERO, Duration.ZERO);
        try (var node = pair.node(LadderTest::catchUpNow, hasty, 0.5)) {
            pair.standby.pauseReplay();
            RunId run = node.start();
            assertThat(since(node, run, 1, 0)).isPresent();
            assertThat(node.waits()).isEmpty();
            assertThat(node.counters().all()).isEqualTo(Map.of(MISS + "{primary}", 1L));
        }
    }

    @Test
    void waitsDifferSoThatThoseWhoWereToldTogetherDoNotComeTogether() {
        pair.standby.pauseReplay();
        for (double dice : new double[] {0, 0.5, 0.999}) {
            try (var node = pair.node(LadderTest::nothing, ReplicaOptions.at(pair.replicaUrl()), dice)) {
                since(node, node.start(), 1, 0);
                assertThat(node.waits()).containsExactly(Duration.ofNanos(50_000_000 + (long) (150_000_000 * dice)));
            }
        }
    }

    @Test
    void withoutAReplicaThePrimaryIsReadOnceAndNothingCounted() {
        try (var node = pair.node(LadderTest::nothing, null, 0.5)) {
            RunId run = node.start();
            assertThat(since(node, run, 1, 9).orElseThrow().seq()).isEqualTo(1);
            assertThat(since(node, run, 2, 0)).isEmpty();
            assertThat(Pair.asked(pair.standby.server())).isNull();
            assertThat(node.counters().all()).isEmpty();
        }
    }

    @Test
    void listsAreReadOfTheReplicaAlone() {
        try (var node = pair.node(LadderTest::nothing)) {
            RunId old = node.start();
            pair.standby.awaitReplay();
            pair.standby.pauseReplay();
            RunId young = node.start();
            String before = asked();
            assertThat(node.reads().runs(HOME, RunFilter.ALL, null, 9))
                    .extracting(Run::id)
                    .containsExactly(old);
            assertServedByTheReplica(node, before, Map.of());
            assertThat(node.store().ledger().reads().runs(HOME, RunFilter.ALL, null, 9))
                    .as("of the primary")
                    .extracting(Run::id)
                    .containsExactly(young, old);
        }
    }

    @Test
    void whatIsDecidedIsReadOfThePrimary() {
        try (var node = pair.node(LadderTest::nothing)) {
            pair.standby.pauseReplay();
            RunId run = node.start();
            String before = Pair.asked(pair.standby.server());
            node.claimAndRelease();
            assertThat(node.seq(run)).isEqualTo(3);
            assertThat(node.store().ledger().reads().snapshots(HOME, run, 0)).isPresent();
            assertThat(node.store().ledger().reads().snapshots(HOME, run, 0, 3)).isPresent();
            assertThat(Pair.asked(pair.standby.server())).isEqualTo(before);
        }
    }

    private static void assertServedByTheReplica(Pair.Node node, String before, Map<String, Long> counted) {
        assertThat(asked()).as("what the primary was asked").isEqualTo(before);
        assertThat(Pair.asked(pair.standby.server())).isNotNull();
        assertThat(node.counters().all()).isEqualTo(counted);
    }

    private static String asked() {
        return String.valueOf(Pair.asked(pair.primary));
    }

    private static Optional<SnapshotWindow> since(Pair.Node node, RunId run, long since, long atLeast) {
        return node.reads().snapshots(HOME, run, since, atLeast);
    }

    private static void nothing() {}

    private static void catchUpNow() {
        pair.standby.resumeReplay();
        pair.standby.awaitReplay();
    }
}
