package dev.holdfast.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Write;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.sql.Alternation;
import dev.holdfast.sql.LedgerClock;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are started in a transaction in which more is done: their rows are not there before somebody looks. */
final class PendingRowsTest {
    private static final String CLAIMABLE =
            "SELECT count(*) FROM runs INDEXED BY runs_claimable WHERE turn IS NOT NULL";

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final SeededIds ids = new SeededIds(1, clock);
    private SqliteStore store;
    private Transaction tx;

    @BeforeEach
    void open() throws Exception {
        store = SqliteStore.open(folder, new SqliteOptions(new SystemThreads(), clock, ids));
        tx = new Transaction(new Database(folder).forWriting(), new LedgerClock(clock, 0), store.node());
    }

    @AfterEach
    void close() throws Exception {
        tx.close();
        store.close();
    }

    /** Does all of it in one transaction, the last ones last as the writer does it. */
    private List<Object> together(Work<?>... all) throws Exception {
        var answers = new ArrayList<>();
        tx.begin(true);
        for (Work<?> work : all) answers.add(work.in(tx));
        tx.settle();
        tx.seal();
        tx.commit();
        return answers;
    }

    private Change start() {
        clock.pass(Duration.ofMillis(1));
        return Changes.start(ids, clock.now(), "17");
    }

    private ClaimWork claim(int most) {
        return new ClaimWork(
                () -> new Claim(store.node(), new Admission(Map.of("t", "1"), most), most), ids, new Alternation());
    }

    @SuppressWarnings("unchecked")
    private static List<RunId> given(Object answer) {
        return ((List<Claimed>) answer).stream().map(c -> c.run().id()).toList();
    }

    private Run stored(RunId id) {
        return store.ledger().reads().run(id).orElseThrow();
    }

    @Test
    void aStartAndItsClaimAreOneRow() throws Exception {
        Change start = start();
        var answers = together(new ChangeWork(start), claim(5));
        assertThat(answers.getFirst()).isInstanceOf(Receipt.Applied.class);
        @SuppressWarnings("unchecked")
        Claimed claimed = ((List<Claimed>) answers.getLast()).getFirst();
        assertThat(claimed.input()).isEqualTo("17");
        assertThat(stored(start.run())).isEqualTo(claimed.run());
        assertThat(claimed.run().state()).isEqualTo(RunState.RUNNING);
        assertThat(store.ledger()
                        .reads()
                        .snapshots(Namespace.DEFAULT, start.run(), 0)
                        .orElseThrow()
                        .snapshots())
                .extracting(s -> s.seq())
                .containsExactly(1L, 2L);
        assertThat(tx.read(CLAIMABLE).single()).isZero();
    }

    @Test
    void whoHasWaitedIsNotPassedBy() throws Exception {
        Change older = start();
        together(new ChangeWork(older));
        assertThat(given(together(new ChangeWork(start()), claim(1)).getLast())).containsExactly(older.run());
    }

    @Test
    void ofMoreThanThereIsRoomForTheFirstAreGiven() throws Exception {
        Change one = start();
        Change two = start();
        Change three = start();
        var answers = together(new ChangeWork(one), new ChangeWork(two), new ChangeWork(three), claim(2));
        assertThat(given(answers.getLast())).containsExactly(one.run(), two.run());
        assertThat(given(together(claim(2)).getLast())).containsExactly(three.run());
    }

    @Test
    void withRoomForAllThoseOfBeforeAreGivenToo() throws Exception {
        Change older = start();
        together(new ChangeWork(older));
        Change newer = start();
        assertThat(given(together(new ChangeWork(newer), claim(2)).getLast()))
                .containsExactly(older.run(), newer.run());
    }

    @Test
    void aQueueThatIsPausedMeanwhileGivesNothing() throws Exception {
        together(new ChangeWork(start()), claim(1));
        Change start = start();
        var pause = new QueueChange(Namespace.DEFAULT, "default", QueueChange.pause(null), null);
        var answers = together(new QueueWork(pause), new ChangeWork(start), claim(1));
        assertThat(given(answers.getLast())).isEmpty();
        assertThat(stored(start.run()).state()).isEqualTo(RunState.QUEUED);
    }

    @Test
    void aLimitCountsThoseThatWereClaimedInTheSameTransaction() throws Exception {
        var limit = new QueueChange.OfQueue(null, new QueueChange.To<>(1), null, null);
        var change = new QueueChange(Namespace.DEFAULT, "default", limit, null);
        Change one = start();
        var answers = together(new ChangeWork(one), claim(5), new QueueWork(change), new ChangeWork(start()), claim(5));
        assertThat(given(answers.get(1))).containsExactly(one.run());
        assertThat(given(answers.getLast())).isEmpty();
    }

    @Test
    void whatIsNotHostedHereStaysQueued() throws Exception {
        Change start = start();
        var elsewhere = new ClaimWork(
                () -> new Claim(store.node(), new Admission(Map.of("other", "1"), 5), 5), ids, new Alternation());
        assertThat(given(together(new ChangeWork(start), elsewhere).getLast())).isEmpty();
        assertThat(given(together(claim(5)).getLast())).containsExactly(start.run());
    }

    @Test
    void whoeverLooksSeesThem() throws Exception {
        Change start = start();
        tx.begin(true);
        new ChangeWork(start).in(tx);
        assertThat(tx.read("SELECT count(*) FROM runs").single()).isEqualTo(1);
        tx.rollback();
        assertThat(store.ledger().reads().run(start.run())).isEmpty();
    }

    @Test
    void anIdIsUsedOnce() throws Exception {
        Change start = start();
        var answers = together(new ChangeWork(start), new ChangeWork(start));
        assertThat(answers.getFirst()).isInstanceOf(Receipt.Applied.class);
        assertThat(answers.getLast()).isInstanceOf(Receipt.Stale.class);
    }

    @Test
    void theIdOfARunThatWasRemovedIsNotUsedAgain() throws Exception {
        Change start = start();
        tx.begin(true);
        tx.write("INSERT INTO removed (run) VALUES (?)").id(start.run()).update();
        tx.commit();
        // Found out at the end: then each piece is done by itself, and it is said whose id it is.
        assertThatThrownBy(() -> together(new ChangeWork(start))).isInstanceOf(RunRows.IdUsed.class);
        tx.rollback();
        assertThat(store.ledger().commit(List.of(start(), start)))
                .extracting(r -> r.getClass().getSimpleName())
                .containsExactly("Applied", "Stale");
    }

    @Test
    void whoWaitsForARunOfTheSameTransactionIsToldOfItsEnd() throws Exception {
        Change waiter = start();
        Change target = start();
        together(new ChangeWork(waiter), new ChangeWork(target), claim(2));
        Run waits = stored(waiter.run());
        var await =
                new Change(ids.next(), waits.id(), Expect.asRead(waits), null, List.of(new Write.Await(target.run())));
        assertThat(together(new ChangeWork(await)).getFirst()).isInstanceOf(Receipt.Applied.class);
        Run ends = stored(target.run());
        together(new ChangeWork(Changes.succeed(ids, clock.now(), ends, "1")));
        assertThat(store.ledger().reads().inbox(waits.id())).hasSize(1);
    }

    @Test
    void whatWasPostedIsClearedAtTheEnd() throws Exception {
        Change target = start();
        Change sender = start();
        together(new ChangeWork(target), new ChangeWork(sender), claim(2));
        Run sends = stored(sender.run());
        var message = Message.signal(ids.next(), "go", "1");
        var post = new Change(
                ids.next(), sends.id(), Expect.asRead(sends), null, List.of(new Write.Post(target.run(), message)));
        together(new ChangeWork(post), new ChangeWork(Changes.succeed(ids, clock.now(), stored(target.run()), "1")));
        assertThat(store.ledger().reads().inbox(target.run())).isEmpty();
        assertThat(tx.read("SELECT count(*) FROM inbox").single()).isZero();
    }
}
