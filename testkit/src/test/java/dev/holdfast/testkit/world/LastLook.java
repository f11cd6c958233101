package dev.holdfast.testkit.world;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.stream.FrameFold;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.port.RunView;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The last look at the runs of a world: what each is, what a watcher sees who comes only now, and what it should have said. */
final class LastLook {
    /** A cancel is obeyed after that long at the latest, whatever was lost. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    /** … or when it was found out that whoever held the run is dead. */
    private static final Duration PATIENCE_AMONG_SEVERAL = Duration.ofSeconds(15);

    private final World world;
    private final Register register;
    private final Map<Outcome, Integer> outcomes = new TreeMap<>();

    LastLook(World world, Register register) {
        this.world = world;
        this.register = register;
    }

    /** How often runs have ended like this. */
    Map<Outcome, Integer> outcomes() {
        return outcomes;
    }

    void at(RunId id) throws InterruptedException {
        RunView view = world.crew().ledger().reads().view(Namespace.DEFAULT, id).orElse(null);
        if (view == null) return;
        world.history().seen(view);
        Outcome outcome = view.run().status().outcome();
        if (outcome == null) return;
        checkCancel(view);
        checkOutput(view);
        checkSignals(view);
        outcomes.merge(outcome, 1, Integer::sum);
        var late = new FrameFold();
        var watcher = new Onlooker(world, id, "late");
        for (Frame frame : watcher.watch()) late.apply(frame.event(), frame.step(), frame.data());
        // It may have been removed for its age meanwhile.
        if (!watcher.hasSeenTheEnd()) return;
        world.history().text(id, late.text());
        int input = register.input(id);
        boolean speaks = !view.run().origin().task().equals(Chores.TALK.name());
        if (outcome == Outcome.SUCCEEDED && input != Register.UNKNOWN && speaks) {
            String text = Workload.text(view.run().origin().task(), input);
            world.history().watched(id, "what the code sends", text);
        }
    }

    /** Whatever the code went through, it has returned what is recorded. */
    private void checkOutput(RunView view) {
        if (!view.run().origin().task().equals("story")) return;
        String output = view.output();
        String recorded = view.steps().stream()
                .filter(step -> step.name().startsWith("part"))
                .map(step -> step.result() + ",")
                .collect(Collectors.joining("", "[", ""));
        if (output != null && !output.startsWith(recorded)) {
            register.complain(view.run().id() + ": it returned " + output + ", recorded is " + recorded);
        }
    }

    /** What one wait has taken, no other one takes. */
    private void checkSignals(RunView view) {
        var taken = view.steps().stream()
                .filter(step -> step.awaits() instanceof Wait.Signal && step.result() != null)
                .map(StepRecord::result)
                .toList();
        if (taken.stream().distinct().count() < taken.size()) {
            register.complain(view.run().id() + ": it took a signal twice: " + taken);
        }
    }

    private void checkCancel(RunView view) {
        RunId id = view.run().id();
        Instant asked = register.cancelled(id);
        if (asked == null || view.run().status().outcome() != Outcome.SUCCEEDED) return;
        Instant ended = view.snapshots().getLast().at();
        var patience = world.isCluster() ? PATIENCE_AMONG_SEVERAL : PATIENCE;
        // Who sets the clock makes less time look like more.
        if (ended.isAfter(asked.plus(patience)) && !world.clock().wasSetSince(asked)) {
            register.complain(id + ": it was to be cancelled from " + asked + " on, and succeeded at " + ended);
        }
    }
}
