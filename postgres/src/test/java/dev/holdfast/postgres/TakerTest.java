package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Command;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Write;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.testkit.Changes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is written and can be claimed is claimed in the same commit, for whoever takes it. */
final class TakerTest {
    private static final TestDatabase DATABASE = Opened.database();
    private static final Connections CONNECTIONS = Opened.connections(DATABASE);
    private static final Opened.Supply SESSIONS = Opened.Supply.kept(CONNECTIONS);
    private static final Backdoor BACKDOOR = new Backdoor(CONNECTIONS);
    private static final SystemIds IDS = new SystemIds();
    private static final Duration SOON = Duration.ofSeconds(20);

    private final ExecutorService hands = Executors.newCachedThreadPool();
    private Opened one;
    private Opened two;
    private Hand taker;

    @BeforeEach
    void open() {
        one = Opened.in(SESSIONS, new SystemClock(), IDS);
        two = Opened.beside(SESSIONS, new SystemClock(), IDS);
        taker = new Hand(one.node());
        taker.has(5);
        one.ledger().takes(taker);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        hands.shutdownNow();
        Opened.empty(SESSIONS);
    }

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    /** He was told before anybody was answered, and is answered beside the others. */
    private void assertHeard(RunId run, String input) {
        String told = "told " + run + " with " + input;
        String given = "given " + run + " with " + input;
        assertThat(taker.heard()).first().isEqualTo(told);
        await("he is answered")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(taker.heard()).containsExactly(told, given));
    }

    private Run run(Change change) {
        return one.ledger().reads().run(change.run()).orElseThrow();
    }

    @Test
    void whatIsStartedIsClaimedInTheCommitThatWritesIt() throws SQLException {
        var start = Changes.start(IDS, one.ledger().now(), "7");
        long before = one.ledger().figures().batches();
        assertThat(one.ledger().commit(start)).isEqualTo(new Receipt.Applied());
        assertThat(one.ledger().figures().batches() - before).isEqualTo(1);
        assertHeard(start.run(), "7");
        assertThat(run(start).state()).isEqualTo(RunState.RUNNING);
        assertThat(run(start).fence().holder()).isEqualTo(one.node());
        assertThat(BACKDOOR.number("SELECT count(*) FROM snapshots WHERE run = '"
                        + start.run().uuid() + "'"))
                .isEqualTo(2);
    }

    @Test
    void whatWasLostIsClaimedInTheCommitThatQueuesItAgain() {
        Run lost = two.running(IDS);
        var change = Changes.of(IDS, one.ledger().now(), lost, new Command.Lost(two.node(), Command.Blame.NOT_COUNTED));
        long before = one.ledger().figures().batches();
        assertThat(one.ledger().commit(change)).isEqualTo(new Receipt.Applied());
        assertThat(one.ledger().figures().batches() - before).isEqualTo(1);
        assertHeard(lost.id(), "1");
        assertThat(run(change).fence().holder()).isEqualTo(one.node());
        assertThat(run(change).fence().epoch()).isGreaterThan(lost.fence().epoch());
    }

    @Test
    void whoTakesNothingIsGivenNothing() {
        taker.has(0);
        Run waits = one.start(IDS, null);
        assertThat(waits.state()).isEqualTo(RunState.QUEUED);
        assertThat(taker.heard()).isEmpty();
    }

    @Test
    void whoIsDeadIsGivenNothing() {
        one.bury(one.node());
        Run waits = one.start(IDS, null);
        assertThat(waits.state()).isEqualTo(RunState.QUEUED);
        assertThat(taker.heard()).isEmpty();
    }

    /** A claim that was not asked for is in nobody's way: what cannot be written is refused, and the others are begun. */
    @Test
    void whatCannotBeWrittenLeavesTheOthersTheirClaim() {
        var starts = new ArrayList<Change>();
        for (int i = 0; i < 4; i++) starts.add(Changes.start(IDS, one.ledger().now(), Integer.toString(i)));
        var poison = starts.get(2);
        BACKDOOR.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " IF NEW.id = '" + poison.run().uuid() + "' THEN RAISE EXCEPTION 'no' USING ERRCODE = '22000';"
                + " END IF; RETURN NEW; END $$;"
                + " CREATE TRIGGER refuse BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION refuse()");
        try {
            List<Receipt> receipts = one.ledger().commit(starts);
            assertThat(receipts.get(2)).isInstanceOf(Receipt.Rejected.class);
            assertThat(receipts).filteredOn(new Receipt.Applied()::equals).hasSize(3);
        } finally {
            BACKDOOR.execute("DROP TRIGGER refuse ON runs; DROP FUNCTION refuse()");
        }
        assertThat(taker.heard()).noneMatch(what -> what.contains(poison.run().toString()));
        // In the half that is written last, which holds his claim: that walks, and comes to the other half, too.
        await("he is given them")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(heard("given")).isEqualTo(3));
        assertThat(heard("told")).isEqualTo(3);
    }

    /** Of what is started together there may be more than he has slots. */
    @Test
    void whoeverTakesIsGivenNoMoreThanHeHasSlots() {
        var starts = new ArrayList<Change>();
        for (int i = 0; i < 9; i++) starts.add(Changes.start(IDS, one.ledger().now(), "1"));
        var first = starts.removeFirst();
        var writes = new ArrayList<>(first.writes());
        starts.forEach(start -> writes.add(new Write.Begin(start)));
        var together = new Change(first.id(), first.run(), first.expect(), null, writes);
        assertThat(one.ledger().commit(together)).isEqualTo(new Receipt.Applied());
        assertThat(heard("told")).isEqualTo(5);
        assertThat(two.claim(9)).hasSize(4);
    }

    @Test
    void whatComesBackIsGivenBeforeWhatIsStartedBesideIt() {
        Run lost = two.running(IDS);
        var back = Changes.of(IDS, one.ledger().now(), lost, new Command.Lost(two.node(), Command.Blame.NOT_COUNTED));
        taker.has(1);
        var start = Changes.start(IDS, one.ledger().now(), "7");
        assertThat(one.ledger().commit(List.of(start, back))).containsOnly(new Receipt.Applied());
        assertHeard(lost.id(), "1");
        assertThat(run(start).state()).isEqualTo(RunState.QUEUED);
    }

    /** Nothing is claimed of what waits for its time: nobody is asked, and nothing is looked at. */
    @Test
    void whoeverTakesIsNotAskedForWhatCannotBeClaimed() {
        var asked = new AtomicInteger();
        one.ledger().takes(() -> {
            asked.incrementAndGet();
            return Optional.empty();
        });
        Run run = two.running(IDS);
        var by = new Fence.By(run.fence().epoch(), two.node());
        var fails = new Command.Fail(by, RunError.of(new IllegalStateException("once")), 0.5);
        var change = Changes.of(IDS, one.ledger().now(), run, fails);
        assertThat(one.ledger().commit(change)).isEqualTo(new Receipt.Applied());
        assertThat(run(change).state()).isEqualTo(RunState.QUEUED);
        assertThat(asked).hasValue(0);
        one.start(IDS, null);
        assertThat(asked).hasValue(1);
    }

    private long heard(String what) {
        return taker.heard().stream()
                .filter(said -> said.startsWith(what + " "))
                .count();
    }

    /** Its writer was at work when it was handed in: nobody has looked whether anything waits. */
    @Test
    void aClaimThatIsAloneInItsBatchLooksFirstWhetherAnythingWaits() throws Exception {
        var start = Changes.start(IDS, one.ledger().now(), "7");
        Change asked = WritersTest.asked(start, "same");
        var wishes = new AtomicInteger();
        try (Connection outside = CONNECTIONS.open()) {
            WritersTest.lock(outside, WritersTest.REQUEST.formatted("same"));
            Future<Receipt> starts = hands.submit(() -> one.ledger().commit(asked));
            BACKDOOR.awaitBlocked("INSERT INTO requests%");
            Future<List<Claimed>> claims = hands.submit(() -> one.ledger().claim(() -> {
                wishes.incrementAndGet();
                return new Claim(one.node(), new Admission(Map.of("t", "1"), 5), 5);
            }));
            await("a claim that waits")
                    .atMost(SOON)
                    .until(() -> WritersTest.isWaitingForAnswer(Thread.getAllStackTraces()));
            outside.rollback();
            assertThat(starts.get()).isEqualTo(new Receipt.Applied());
            assertThat(claims.get()).isEmpty();
        }
        assertThat(taker.heard()).contains("given " + start.run() + " with 7");
        assertThat(wishes).hasValue(0);
    }

    /** Nobody knows what became of the commit, and whoever asks gets no session. */
    @Test
    void whoIsCutOffHearsAtOnceThatNobodyKnows() throws Exception {
        var hangs = new CountDownLatch(1);
        var reachable = new CountDownLatch(1);
        var opened = new AtomicInteger();
        Sessions real = Writing.sessions(CONNECTIONS);
        Sessions once = () -> {
            boolean begins = Thread.currentThread().getName().startsWith("holdfast-begin");
            if (begins && opened.getAndIncrement() > 0) {
                hangs.countDown();
                WritersTest.uninterruptibly(reachable);
            }
            return real.open();
        };
        var outside =
                new PgStore.Outside(once, Writing.reading(CONNECTIONS), new SystemThreads(), new SystemClock(), IDS);
        BACKDOOR.execute("CREATE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
                + " CREATE CONSTRAINT TRIGGER ends AFTER INSERT ON runs DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION ends()");
        try (var store = PgStore.open(outside, Opened.join(SESSIONS, 77), one.ledger()::now)) {
            store.ledger().takes(taker);
            var start = Changes.start(IDS, one.ledger().now(), "1");
            Future<Receipt> starts = hands.submit(() -> store.ledger().commit(start));
            try {
                hangs.await();
                assertThat(taker.heard()).isEmpty();
                store.cut();
                assertThat(taker.heard()).containsExactly("failed");
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(() -> starts.get(20, TimeUnit.SECONDS))
                        .withCauseInstanceOf(Unavailable.class);
            } finally {
                reachable.countDown();
            }
        } finally {
            BACKDOOR.execute("DROP TRIGGER ends ON runs; DROP FUNCTION ends()");
        }
        assertThat(taker.heard()).as("he is answered once").containsExactly("failed");
    }
}
