package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import dev.holdfast.testkit.TestStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** A store under test with a clock turned by hand, and the short words in which the contract speaks. */
final class Lab implements AutoCloseable {
    static final Receipt APPLIED = new Receipt.Applied();
    static final Receipt STALE = new Receipt.Stale();

    final ManualClock clock = new ManualClock();
    final Ids ids = new SeededIds(1, clock);
    private final BiFunction<Clock, Ids, TestStore> opener;
    private TestStore store;

    Lab(BiFunction<Clock, Ids, TestStore> opener) {
        this.opener = opener;
        this.store = opener.apply(clock, ids);
    }

    Ledger ledger() {
        return store.ledger();
    }

    Reads reads() {
        return store.ledger().reads();
    }

    StreamLog stream() {
        return store.stream();
    }

    Holder node() {
        return store.node();
    }

    /** Another node that does nothing by itself; empty if this store has one at a time. */
    Optional<Holder> neighbour() {
        return store.neighbour();
    }

    void bury(Holder neighbour) {
        store.bury(neighbour);
    }

    /** Boots again on the same data. */
    void reboot() {
        store.close();
        store = opener.apply(clock, ids);
    }

    Draft draft(String task) {
        return new Draft(this, task);
    }

    /** A run that waits. */
    Run queued(String task) {
        return draft(task).start();
    }

    /** A run that this node holds. */
    Run running(String task) {
        Run queued = queued(task);
        Claimed claimed = claim(task, 1).getFirst();
        assertThat(claimed.run().id())
                .as("the run that was just started is claimed")
                .isEqualTo(queued.id());
        return claimed.run();
    }

    /** A run that has ended well. */
    Run succeeded(String task) {
        Run running = running(task);
        return apply(running, new Command.Succeed(by(running)), output("1"));
    }

    List<Claimed> claim(String task, int max) {
        return claim(Map.of(task, "1"), max);
    }

    List<Claimed> claim(Map<String, String> hosted, int max) {
        return ledger().claim(new Claim(node(), new Admission(hosted, max), max));
    }

    Fence.By by(Run run) {
        return new Fence.By(run.fence().epoch(), node());
    }

    /** Of whoever holds it, or decides about it as it was read. */
    static Expect expect(Run run) {
        var fence = run.fence();
        return fence.holder() == null
                ? Expect.asRead(run)
                : new Expect.Held(new Fence.By(fence.epoch(), fence.holder()));
    }

    /** The change of a transition. */
    Change change(Run before, Command command, Write... more) {
        return change(before, expect(before), command, more);
    }

    Change change(Run before, Expect expect, Command command, Write... more) {
        Decision decision = Rules.decide(before, command, ledger().now());
        assertThat(decision).as("%s is a transition", command).isInstanceOf(Decision.Transition.class);
        var transition = (Decision.Transition) decision;
        var id = ids.next();
        var writes = new ArrayList<Write>(List.of(more));
        writes.add(new Write.Row(transition.next()));
        writes.add(new Write.Snap(Snapshot.of(transition.next(), transition.cause(), ledger().now(), id)));
        return new Change(id, before.id(), expect, null, writes);
    }

    /** A change by whoever holds the run, without a transition. */
    Change held(Run run, Write... writes) {
        return new Change(ids.next(), run.id(), expect(run), null, List.of(writes));
    }

    /** Decides and commits, and demands that it is applied. */
    Run apply(Run before, Command command, Write... more) {
        Change change = change(before, command, more);
        assertThat(ledger().commit(change)).isEqualTo(APPLIED);
        return row(change);
    }

    static Run row(Change change) {
        for (Write write : change.writes()) if (write instanceof Write.Row row) return row.run();
        throw new AssertionError("the change has no row");
    }

    Change post(RunId run, Message message) {
        return new Change(ids.next(), run, new Expect.Alive(), null, List.of(new Write.Post(run, message)));
    }

    Run read(RunId id) {
        return reads().run(id).orElseThrow(() -> new AssertionError(id + " is not there"));
    }

    static Write output(String json) {
        return new Write.Payload(Write.Payload.Kind.OUTPUT, json);
    }

    static Write done(int key, String result) {
        return new Write.Step(StepRecord.done(StepKey.of(key), "step " + key, 1, 1, result));
    }

    /** All that can be seen of a run: two equal views, and nothing has been written in between. */
    String everythingOf(RunId id) {
        return "%s\n%s\n%s\n%s"
                .formatted(
                        reads().run(id).flatMap(r -> reads().view(r.origin().namespace(), id)),
                        reads().inbox(id),
                        stream().read(id, 0, 1000).entries(),
                        stream().head(id));
    }

    static String code(Receipt receipt) {
        return receipt instanceof Receipt.Rejected rejected
                ? rejected.why().code()
                : receipt.getClass().getSimpleName();
    }

    @Override
    public void close() {
        store.close();
    }
}
