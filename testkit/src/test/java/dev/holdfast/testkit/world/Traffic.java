package dev.holdfast.testkit.world;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.StreamLog.Append;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.History;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.sim.Gate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one node says to its ledger, its stream and its hints: chaos may spoil it, and the history keeps it. */
final class Traffic implements Gate.Traffic {
    private final World world;
    private final Chaos chaos;
    private final History history;
    private final Scribe scribe;
    private final AskingLedger asking;
    private final Ledger ledger;
    private final Holder node;
    /** Where entries fence, whoever has lost a run may write to its stream until the next one opens: its watchers judge that. */
    private final StreamLog.Fencing fencing;

    Traffic(World world, Chaos chaos, MemoryStore store) {
        this.node = store.node();
        this.fencing = store.stream().fencing();
        this.world = world;
        this.chaos = chaos;
        this.history = world.history();
        this.scribe = new Scribe(store.ledger(), world::note);
        this.asking = new AskingLedger(store.ledger(), world, chaos);
        this.ledger = world.asksTakers() ? asking.port() : store.ledger();
    }

    /** Of this node. */
    Ledger ledger() {
        return ledger;
    }

    @Override
    public boolean before(Gate.Call call) {
        if (!chaos.reaches(call)) return false;
        scribe.before(call);
        return true;
    }

    @Override
    public void done(Gate.Call call, @Nullable Object answer) {
        scribe.done(call, answer);
        if (call.toString().equals("Ledger.claim")) {
            eachClaimed((List<?>) Objects.requireNonNull(answer));
        } else if (call.toString().equals("Ledger.commit")) {
            if (call.argument() instanceof Change one) committed(one, answer);
            else eachCommitted((List<?>) call.argument(), (List<?>) answer);
            if (world.asksTakers()) asking.written(call.argument(), this::given);
        } else if (call.toString().equals("StreamLog.append") && fencing == StreamLog.Fencing.BY_ROW) {
            eachAppended((List<?>) call.argument(), (List<?>) answer);
        }
    }

    /** By a claim that the ledger has made itself. */
    private void given(List<Claimed> claimed) {
        scribe.done(new Gate.Call("Ledger", "claim", null), claimed);
        eachClaimed(claimed);
    }

    private void eachClaimed(List<?> claimed) {
        for (Object each : claimed) claimed(((Claimed) each).run());
    }

    private void eachCommitted(@Nullable List<?> changes, @Nullable List<?> receipts) {
        if (changes == null || receipts == null) return;
        for (int i = 0; i < changes.size(); i++) committed((Change) changes.get(i), receipts.get(i));
    }

    private void claimed(Run run) {
        if (!world.isAlive(node)) world.complain(run.id() + ": it was given to " + node + ", which is dead");
        Lane lane = run.place().lane();
        if (lane == null || lane.kind() != Lane.Kind.SERIAL) return;
        var filter = new RunFilter(null, null, null, run.place().queue(), lane.name());
        var together = world.crew().ledger().reads().runs(Namespace.DEFAULT, filter, null, 1_000).stream()
                .filter(r -> r.isHeld() || r.place().lingers() != null)
                .map(Run::id)
                .toList();
        if (together.size() > 1) world.complain(together + " are all in the one slot of " + lane);
    }

    /** Nobody takes a run from somebody who is alive. */
    private void checkTaken(RunId run, Expect.AsRead read) {
        Holder holder = read.fence().holder();
        if (holder == null || holder.equals(node) || !world.isAlive(holder)) return;
        world.complain(run + ": " + node + " took it from " + holder + ", which is alive");
    }

    private void committed(Change change, @Nullable Object receipt) {
        if (!(receipt instanceof Receipt.Applied)) return;
        RunId run = change.run();
        for (Write write : change.writes()) {
            if (write instanceof Write.Begin child) world.register().begun(child.start());
            boolean isRerun =
                    write instanceof Write.Row row && row.run().origin().rerun() != null;
            if (isRerun || write instanceof Write.Fire) world.register().asked(run);
        }
        scribe.written(change);
        switch (change.expect()) {
            case Expect.Held held -> history.wrote(run, held.by().epoch());
            case Expect.AsRead read -> {
                checkTaken(run, read);
                history.wrote(run, read.fence().epoch());
            }
            case Expect.Absent absent -> {}
            case Expect.Alive alive -> {}
        }
        if (change.writes().stream().anyMatch(w -> w instanceof Write.Remove)) history.deleted(run);
        world.crew().ledger().reads().view(Namespace.DEFAULT, run).ifPresent(history::seen);
    }

    private void eachAppended(@Nullable List<?> appends, @Nullable List<?> answers) {
        if (appends == null || answers == null) return;
        for (int i = 0; i < appends.size(); i++) {
            if (answers.get(i) instanceof Appended.At) {
                var append = (Append) appends.get(i);
                history.wrote(append.run(), append.by().epoch());
            }
        }
    }

    @Override
    public void after(Gate.Call call, @Nullable Object answer) {
        chaos.returns(call);
        if (!(answer instanceof Receipt.Applied) || !(call.argument() instanceof Change change)) return;
        // Whoever hears this knows that it is recorded; whether it was, is for the checker.
        for (Write write : change.writes()) {
            if (write instanceof Write.Step(StepRecord step) && step.isFinal() && step.result() != null) {
                history.recorded(change.run(), step.key(), step.result());
            }
        }
    }
}
