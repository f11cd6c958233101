package dev.holdfast.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.Median;
import dev.holdfast.testkit.SeededIds;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of lanes: what becomes of them, and that claims look at no more of them than they must. */
final class LanesTest {
    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final SeededIds ids = new SeededIds(1, clock);
    private @Nullable SqliteStore opened;

    @BeforeEach
    void open() {
        opened = SqliteStore.open(folder, new SqliteOptions(new SystemThreads(), clock, ids));
    }

    @AfterEach
    void close() {
        if (opened != null) opened.close();
    }

    private SqliteStore store() {
        if (opened == null) throw new IllegalStateException("it is closed");
        return opened;
    }

    private RunId start(@Nullable Lane lane) {
        Change start = Changes.start(ids, clock.now(), "{}", lane);
        assertThat(store().ledger().commit(start)).isInstanceOf(Receipt.Applied.class);
        clock.pass(Duration.ofMillis(1));
        return start.run();
    }

    private List<Run> claim(int max) {
        return store()
                .ledger()
                .claim(new Claim(store().node(), new Admission(Map.of("t", "1", "u", "1"), max), max))
                .stream()
                .map(claimed -> claimed.run())
                .toList();
    }

    private void end(Run run) {
        assertThat(store().ledger().commit(Changes.succeed(ids, clock.now(), run, "1")))
                .isInstanceOf(Receipt.Applied.class);
    }

    private long ask(String question) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(Database.FILE));
                var statement = connection.createStatement()) {
            if (!question.startsWith("SELECT")) return statement.executeUpdate(question);
            try (var rows = statement.executeQuery(question)) {
                return rows.next() ? rows.getLong(1) : -1;
            }
        }
    }

    @Test
    void aLaneWithNothingToDoHasNoRow() throws Exception {
        start(Lane.serial("x"));
        start(Lane.concurrent("x"));
        assertThat(ask("SELECT count(*) FROM lanes")).isEqualTo(2);
        claim(9).forEach(this::end);
        assertThat(ask("SELECT count(*) FROM lanes")).isZero();
    }

    @Test
    void aSweepFindsLanesWhoseRowsAreGone() throws Exception {
        RunId first = start(Lane.serial("x"));
        RunId second = start(Lane.serial("x"));
        RunId plain = start(null);
        store().close();
        ask("DELETE FROM lanes");
        open();
        assertThat(claim(9)).isEmpty();
        store().ledger().forget(clock.now(), 100);
        var given = claim(9);
        assertThat(given).extracting(Run::id).containsExactlyInAnyOrder(first, plain);
        given.forEach(this::end);
        assertThat(claim(9)).extracting(Run::id).containsExactly(second);
    }

    @Test
    void aRowThatIsMissedIsCountedAnew() throws Exception {
        start(Lane.serial("x"));
        Run first = claim(1).getFirst();
        ask("DELETE FROM lanes");
        RunId second = start(Lane.serial("x"));
        assertThat(claim(9)).as("the first has the slot").isEmpty();
        end(first);
        assertThat(claim(9)).extracting(Run::id).containsExactly(second);
    }

    @Test
    void runsWithoutALaneWriteNoRowOfALane() throws Exception {
        for (int i = 0; i < 20; i++) {
            start(null);
            claim(1).forEach(this::end);
        }
        assertThat(ask("SELECT count(*) FROM lanes")).isEqualTo(1);
        assertThat(ask("SELECT served FROM lanes"))
                .as("the number of the transaction of the first start")
                .isEqualTo(1);
    }

    @Test
    void queuesThatAreNotUsedTakePartNoMore() throws Exception {
        for (int i = 0; i < 20; i++) {
            Change start = Changes.start(ids, clock.now(), "{}", null, "queue " + i);
            assertThat(store().ledger().commit(start)).isInstanceOf(Receipt.Applied.class);
        }
        claim(20).forEach(this::end);
        assertThat(ask("SELECT count(*) FROM lanes")).isEqualTo(20);
        store().ledger().tick(store().node(), 100);
        assertThat(ask("SELECT count(*) FROM lanes")).isZero();
        Change again = Changes.start(ids, clock.now(), "{}", null, "queue 7");
        store().ledger().commit(again);
        assertThat(claim(9)).extracting(Run::id).containsExactly(again.run());
    }

    @Test
    void lanesThatCannotGiveAreNotLookedAt() {
        var starts = new ArrayList<Change>();
        for (int i = 0; i < 2_000; i++) {
            starts.add(Changes.start(ids, clock.now(), "{}", Lane.serial("full " + i)));
            starts.add(Changes.start(ids, clock.now(), "{}", Lane.serial("full " + i)));
            starts.add(Changes.start(ids, clock.now(), "{}", Lane.serial("paused " + i), "paused"));
            starts.add(Changes.start(ids, clock.now(), "{}", Lane.serial("limited " + i), "limited"));
            starts.add(Changes.start(ids, clock.now(), "{}", Lane.serial("paced " + i), "paced"));
        }
        configure("limited", QueueChange.configure(new QueueSettings(1, null, null)));
        configure("paced", QueueChange.configure(new QueueSettings(null, null, new Rate(1, Duration.ofDays(1)))));
        configure("paused", QueueChange.pause(null));
        store().ledger().commit(starts);
        assertThat(claim(10_000)).hasSize(2_002);
        RunId single = start(Lane.serial("free"));
        assertThat(Median.of(1, () -> assertThat(claim(10)).extracting(Run::id).containsExactly(single)))
                .as("the claim that finds one")
                .isLessThan(Duration.ofSeconds(5));
        assertThat(Median.of(100, () -> assertThat(claim(10)).isEmpty()))
                .as("a claim beside 8,000 lanes that cannot give")
                .isLessThan(Duration.ofMillis(10));
    }

    @Test
    void aRateRemembersAsManyClaimsAsItHasToKnow() throws Exception {
        configure("default", QueueChange.configure(new QueueSettings(null, null, new Rate(3, Duration.ofMillis(1)))));
        for (int i = 0; i < 10; i++) {
            start(null);
            claim(1).forEach(this::end);
        }
        assertThat(ask("SELECT count(*) FROM queue_claims")).isEqualTo(3);
        configure("default", QueueChange.configure(QueueSettings.NONE));
        assertThat(ask("SELECT count(*) FROM queue_claims")).isZero();
        start(null);
        assertThat(claim(1)).hasSize(1);
        assertThat(ask("SELECT count(*) FROM queue_claims"))
                .as("a queue without a rate pays nothing")
                .isZero();
    }

    private void configure(String queue, QueueChange.What what) {
        var change = new QueueChange(Namespace.DEFAULT, queue, what, null);
        assertThat(store().ledger().change(change)).isInstanceOf(Receipt.Applied.class);
    }
}
