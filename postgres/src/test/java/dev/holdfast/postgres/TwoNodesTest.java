package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Command;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.Company;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.testkit.Changes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two nodes do at the same time on one database: races that a single writer hides. */
final class TwoNodesTest {
    private static final TestDatabase DATABASE = Opened.database();
    private static final Connections CONNECTIONS = Opened.connections(DATABASE);
    private static final Opened.Supply SESSIONS = Opened.Supply.of(CONNECTIONS);
    private static final Backdoor BACKDOOR = new Backdoor(CONNECTIONS);
    private static final SystemIds IDS = new SystemIds();
    /** How many transactions have locked a run when two wait for one; 0 as long as it is not two. */
    private static final String LOCKERS = "SELECT CASE WHEN (SELECT count(*) FROM pg_stat_activity WHERE query LIKE"
            + " 'SELECT id, holder_kind%' AND wait_event_type = 'Lock' AND datname = current_database()) < 2 THEN 0"
            + " ELSE (SELECT count(DISTINCT xmax::text) FROM runs WHERE xmax::text IN"
            + " (SELECT transactionid::text FROM pg_locks WHERE locktype = 'transactionid' AND granted)) END";

    private static final Lane TALK = new Lane("talk", Lane.Kind.SERIAL);

    private final ExecutorService hands = Executors.newCachedThreadPool();
    private Opened one;
    private Opened two;

    @BeforeEach
    void open() {
        one = Opened.in(SESSIONS, new SystemClock(), IDS);
        two = Opened.beside(SESSIONS, new SystemClock(), IDS);
    }

    @AfterEach
    void close() throws SQLException {
        one.close();
        two.close();
        hands.shutdownNow();
        BACKDOOR.execute("DROP TRIGGER IF EXISTS gate ON snapshots");
        Opened.empty(SESSIONS);
    }

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void aClaimThatIsOnItsWayWhenItsNodeDiesIsFoundByWhoeverSweeps() throws Exception {
        Run waiting = one.start(IDS, null);
        try (Gate gate = Gate.shut()) {
            Future<List<Claimed>> claim = hands.submit(() -> one.claim(1));
            gate.awaitSomebody();
            Future<?> death = hands.submit(() -> bury(one.node()));
            BACKDOOR.awaitBlocked("DELETE FROM nodes%");
            gate.open();
            assertThat(claim.get()).hasSize(1);
            death.get();
        }
        assertThat(two.ledger().orphans(two.node(), 10)).extracting(Run::id).containsExactly(waiting.id());
    }

    @Test
    void aClaimThatArrivesAfterTheDeathOfItsNodeGetsNothing() throws Exception {
        one.start(IDS, null);
        Future<List<Claimed>> claim;
        try (Connection death = CONNECTIONS.open();
                var statement = death.createStatement()) {
            death.setAutoCommit(false);
            statement.execute("DELETE FROM nodes WHERE number = " + one.node().number());
            claim = hands.submit(() -> one.claim(1));
            BACKDOOR.awaitBlocked("SELECT 1 FROM nodes%");
            death.commit();
        }
        assertThat(claim.get()).isEmpty();
        assertThat(two.ledger().orphans(two.node(), 10)).isEmpty();
    }

    @Test
    void aStoreThatWasCutOffIsUsedAgainAtOnce() {
        Run run = one.running(IDS);
        one.store().cut();
        assertThatExceptionOfType(Unavailable.class).isThrownBy(() -> one.start(IDS, null));
        one.store().restore();
        var end = Changes.succeed(IDS, one.ledger().now(), run, "1");
        assertThat(one.ledger().commit(end)).isEqualTo(new Receipt.Applied());
        assertThat(one.ledger().orphans(one.node(), 10)).isEmpty();
    }

    @Test
    void whoWaitsAndWhoEndsAtTheSameMomentMeet() throws Exception {
        for (int i = 0; i < 20; i++) {
            Run child = one.running(IDS);
            Run parent = two.running(IDS);
            var wait = Changes.of(
                    IDS,
                    two.ledger().now(),
                    parent,
                    new Command.Block(by(parent), Waiting.on(StepKey.of(1)), null),
                    new Write.Step(StepRecord.waiting(StepKey.of(1), "call", 1, new Wait.Child(child.id()))),
                    new Write.Await(child.id()));
            var end = Changes.succeed(IDS, one.ledger().now(), child, "1");
            Future<Receipt> waits = hands.submit(() -> two.ledger().commit(wait));
            Future<Receipt> ends = hands.submit(() -> one.ledger().commit(end));
            assertThat(List.of(waits.get(), ends.get())).containsOnly(new Receipt.Applied());
            assertThat(two.ledger().reads().inbox(parent.id()))
                    .extracting(m -> m.message().kind())
                    .containsExactly(Message.Kind.RUN_ENDED);
        }
    }

    @Test
    void changesOfTheSameRunsInOppositeOrderDoNotDeadlock() throws Exception {
        var runs = new ArrayList<Run>();
        for (int i = 0; i < 60; i++) runs.add(one.start(IDS, null));
        var reversed = new ArrayList<>(runs);
        Collections.reverse(reversed);
        Callable<Integer> forth = () -> postToAll(one, runs);
        Callable<Integer> back = () -> postToAll(two, reversed);
        var all = new ArrayList<Future<Integer>>();
        for (int i = 0; i < 3; i++) {
            all.add(hands.submit(forth));
            all.add(hands.submit(back));
        }
        for (Future<Integer> each : all) assertThat(each.get()).isEqualTo(60);
        var moved = new ArrayList<Future<List<Receipt>>>();
        try (Connection somebody = CONNECTIONS.open();
                var statement = somebody.createStatement()) {
            // Whoever comes to it first stops there with half of what he wants.
            somebody.setAutoCommit(false);
            statement.execute(
                    "SELECT FROM runs WHERE id = '" + runs.get(30).id().uuid() + "' FOR UPDATE");
            moved.add(hands.submit(() -> one.ledger().commit(cancels(one, runs))));
            moved.add(hands.submit(() -> two.ledger().commit(cancels(two, reversed))));
            // Within the second for which one waits for a row. A deadlock would be resolved by another try, of which
            // nobody hears.
            var lockers = await("two wait")
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> BACKDOOR.number(LOCKERS), found -> found > 0);
            assertThat(lockers)
                    .as("somebody, and one of the two: the other one has nothing yet")
                    .isEqualTo(2);
            somebody.rollback();
        }
        int applied = 0;
        for (var each : moved) {
            for (Receipt receipt : each.get()) {
                assertThat(receipt).isInstanceOfAny(Receipt.Applied.class, Receipt.Stale.class);
                if (receipt instanceof Receipt.Applied) applied++;
            }
        }
        assertThat(applied).as("each run is cancelled once").isEqualTo(60);
    }

    private static int postToAll(Opened node, List<Run> runs) {
        var changes = new ArrayList<Change>();
        for (Run run : runs) {
            var post = new Write.Post(run.id(), Message.signal(IDS.next(), "s", "1"));
            changes.add(new Change(IDS.next(), run.id(), new Expect.Alive(), null, List.of(post)));
        }
        return (int) node.ledger().commit(changes).stream()
                .filter(r -> r instanceof Receipt.Applied)
                .count();
    }

    private static List<Change> cancels(Opened node, List<Run> runs) {
        return runs.stream()
                .map(run -> Changes.of(IDS, node.ledger().now(), run, new Command.Cancel(false)))
                .toList();
    }

    @Test
    void aLaneWithOneSlotGivesOneWhoeverAsks() throws Exception {
        for (int i = 0; i < 30; i++) one.start(IDS, TALK);
        var open = new ArrayList<Run>();
        for (int done = 0; done < 30; done++) {
            Future<List<Claimed>> first = hands.submit(() -> one.claim(5));
            Future<List<Claimed>> second = hands.submit(() -> two.claim(5));
            var given = new ArrayList<Claimed>(first.get());
            given.addAll(second.get());
            assertThat(given.size()).as("of a serial lane").isLessThanOrEqualTo(1);
            if (given.isEmpty()) {
                // Each has found the lane locked by the other.
                done--;
                continue;
            }
            open.add(given.getFirst().run());
            Run run = open.removeLast();
            Opened holder = one.node().equals(run.fence().holder()) ? one : two;
            assertThat(holder.ledger()
                            .commit(Changes.succeed(IDS, holder.ledger().now(), run, "1")))
                    .isEqualTo(new Receipt.Applied());
        }
    }

    @Test
    void whatWaitsIsGivenOnceWhoeverAsks() throws Exception {
        var waiting = new ArrayList<RunId>();
        for (int i = 0; i < 200; i++) waiting.add(one.start(IDS, null).id());
        var claims = new ArrayList<Future<List<Claimed>>>();
        for (int i = 0; i < 10; i++) {
            Opened node = i % 2 == 0 ? one : two;
            claims.add(hands.submit(() -> node.claim(50)));
        }
        var given = new ArrayList<RunId>();
        for (var each : claims)
            for (Claimed claimed : each.get()) given.add(claimed.run().id());
        given.addAll(one.claim(200).stream().map(c -> c.run().id()).toList());
        assertThat(given).containsExactlyInAnyOrderElementsOf(waiting);
    }

    @Test
    void whatComesBackIsLeftToNewerCodeUnlessThatDidNotFit() {
        Run back = one.running(IDS);
        Run misfit = one.running(IDS);
        one.ledger().commit(Changes.release(IDS, one.ledger().now(), back));
        var by = new Command.Park(by(misfit), new Run.Parked("2", StepKey.of(1), "was", "is"));
        one.ledger().commit(Changes.of(IDS, one.ledger().now(), misfit, by));
        RunId fresh = one.start(IDS, null).id();
        var older = new Admission(Map.of("t", "1"), Map.of("t", "2"), 9, Company.NOBODY);
        assertThat(one.ledger().claim(new Claim(one.node(), older, 9)))
                .extracting(c -> c.run().id())
                .containsExactlyInAnyOrder(misfit.id(), fresh);
        var newer = new Admission(Map.of("t", "2"), 9);
        assertThat(two.ledger().claim(new Claim(two.node(), newer, 9)))
                .extracting(c -> c.run().id())
                .containsExactly(back.id());
    }

    @Test
    void twoSurvivorsTakeThreeHundredRunsOverOnce() throws Exception {
        Opened third = Opened.beside(SESSIONS, new SystemClock(), IDS);
        var held = new ArrayList<RunId>();
        for (int i = 0; i < 300; i++) one.start(IDS, null);
        for (Claimed each : third.claim(300)) held.add(each.run().id());
        assertThat(held).hasSize(300);
        third.close();
        bury(third.node());
        var sweeps = new ArrayList<Future<Integer>>();
        for (Opened node : List.of(one, two)) sweeps.add(hands.submit(() -> sweep(node)));
        int lost = 0;
        for (var each : sweeps) lost += each.get();
        assertThat(lost).as("each of them by one of the two").isEqualTo(300);
        for (RunId id : held) {
            Run run = one.ledger().reads().run(id).orElseThrow();
            assertThat(run.fence().epoch()).isEqualTo(2);
            assertThat(run.tries().losses()).isEqualTo(1);
        }
    }

    private static int sweep(Opened node) {
        int lost = 0;
        while (true) {
            List<Run> orphans = node.ledger().orphans(node.node(), 64);
            if (orphans.isEmpty()) return lost;
            var changes = new ArrayList<Change>();
            for (Run run : orphans) {
                Holder holder = run.fence().holder();
                if (holder == null) throw new IllegalStateException(run.id() + " is held by nobody");
                var command = new Command.Lost(holder, Command.Blame.COUNTED);
                changes.add(Changes.of(IDS, node.ledger().now(), run, command));
            }
            for (Receipt receipt : node.ledger().commit(changes)) if (receipt instanceof Receipt.Applied) lost++;
        }
    }

    @Test
    void ofTwoWhoAskUnderOneRequestIdOneIsAnsweredAndTheOtherHearsThat() throws Exception {
        for (int i = 0; i < 20; i++) {
            var request = new Request(Namespace.DEFAULT, "request-" + i, "same", "");
            var both = new ArrayList<Future<Receipt>>();
            for (Opened node : List.of(one, two)) {
                Change start = Changes.start(IDS, node.ledger().now(), "1");
                var answer = new Request(
                        request.namespace(),
                        request.id(),
                        request.fingerprint(),
                        start.run().toString());
                var asked = new Change(start.id(), start.run(), start.expect(), answer, start.writes());
                both.add(hands.submit(() -> node.ledger().commit(asked)));
            }
            var receipts = List.of(both.get(0).get(), both.get(1).get());
            assertThat(receipts).filteredOn(r -> r instanceof Receipt.Applied).hasSize(1);
            assertThat(receipts).filteredOn(r -> r instanceof Receipt.Repeated).hasSize(1);
        }
    }

    @Test
    void aCommitWhoseAnswerIsLostIsLookedUpAndDoneOnce() throws Exception {
        BACKDOOR.execute("CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$");
        BACKDOOR.execute("CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON snapshots DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION slow()");
        Change start = Changes.start(IDS, one.ledger().now(), "1");
        Future<Receipt> commit = hands.submit(() -> one.ledger().commit(start));
        BACKDOOR.awaitActive("COMMIT%");
        // The session is cut while the server is at the commit: it is not known what becomes of it.
        BACKDOOR.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COMMIT%'"
                + " AND state = 'active' AND datname = current_database()");
        BACKDOOR.execute("DROP TRIGGER gate ON snapshots");
        try {
            assertThat(commit.get()).isEqualTo(new Receipt.Applied());
            assertThat(one.ledger().reads().run(start.run())).isPresent();
        } catch (ExecutionException e) {
            assertThat(e.getCause()).hasMessageContaining("ledger could not be used");
            assertThat(one.ledger().reads().run(start.run())).isEmpty();
        }
    }

    private static dev.holdfast.core.Fence.By by(Run run) {
        Holder holder = run.fence().holder();
        if (holder == null) throw new IllegalStateException("nobody holds it");
        return new dev.holdfast.core.Fence.By(run.fence().epoch(), holder);
    }

    private static void bury(Holder node) {
        BACKDOOR.execute("DELETE FROM nodes WHERE number = " + node.number());
    }

    /** Keeps whoever writes a snapshot waiting on the server. */
    private static final class Gate implements AutoCloseable {
        private final Connection keeper;

        private Gate(Connection keeper) {
            this.keeper = keeper;
        }

        static Gate shut() throws SQLException {
            BACKDOOR.execute("CREATE OR REPLACE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql"
                    + " SET lock_timeout = 0 AS"
                    + " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4242); RETURN NULL; END $$");
            BACKDOOR.execute(
                    "CREATE TRIGGER gate AFTER INSERT ON snapshots FOR EACH STATEMENT EXECUTE FUNCTION gate()");
            Connection keeper = CONNECTIONS.open();
            try (var statement = keeper.createStatement()) {
                statement.execute("SELECT pg_advisory_lock(4242)");
            }
            return new Gate(keeper);
        }

        void awaitSomebody() {
            BACKDOOR.awaitBlocked("INSERT INTO snapshots%");
        }

        void open() throws SQLException {
            try (var statement = keeper.createStatement()) {
                statement.execute("SELECT pg_advisory_unlock(4242)");
            }
        }

        @Override
        public void close() throws SQLException {
            keeper.close();
        }
    }
}
