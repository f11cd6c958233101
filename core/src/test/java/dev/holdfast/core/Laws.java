package dev.holdfast.core;

import dev.holdfast.core.Deadlines.Name;
import dev.holdfast.core.Decision.Accepted;
import dev.holdfast.core.Decision.Removal;
import dev.holdfast.core.Decision.Transition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What holds of every run, and of every decision about one. Each law is a sentence of the model. */
final class Laws {
    private final List<String> broken = new ArrayList<>();

    /** The sentences that this decision breaks. */
    static List<String> brokenBy(Run before, Command command, Instant now, @Nullable Decision decision) {
        var laws = new Laws();
        laws.law("every command has an answer", decision != null);
        if (decision == null) return laws.broken;
        laws.fence(before, command, decision);
        laws.answers(before, command, decision);
        Run after = switch (decision) {
            case Transition t -> t.next();
            case Accepted a -> a.next();
            default -> before;
        };
        laws.history(before, after, command, decision);
        laws.cancelled(before, after);
        if (command instanceof Command.DeadlineCame came) laws.deadline(after, came.name(), now);
        laws.shape(after);
        return laws.broken;
    }

    /** The sentences that this run breaks. */
    static List<String> brokenBy(Run run) {
        var laws = new Laws();
        laws.shape(run);
        return laws.broken;
    }

    private void law(String sentence, boolean holds) {
        if (!holds) broken.add(sentence);
    }

    private void fence(Run before, Command command, Decision decision) {
        if (command instanceof Command.OfHolder c && !before.fence().admits(c.by())) {
            law("what a stale executor says is stale", decision instanceof Decision.Stale);
        }
        if (decision instanceof Accepted a) {
            law("only a transition moves the fence", a.next().fence().equals(before.fence()));
            law("only a transition moves the state", a.next().status().equals(before.status()));
        }
        if (!(decision instanceof Transition t)) return;
        Lane lane = before.place().lane();
        if (lane != null && lane.isSerial() && before.place().slotOf() != null) {
            law(
                    "the slot of a serial lane is kept until the end",
                    t.next().isFinished() || t.next().place().slotOf() != null);
        }
        Fence old = before.fence();
        Fence now = t.next().fence();
        law("seq grows by one with every transition", now.seq() == old.seq() + 1);
        boolean moved = !Objects.equals(old.holder(), now.holder()) || t.next().isFinished();
        law(
                "the epoch grows by one at every hand-over, every release and every end, and not otherwise",
                now.epoch() == old.epoch() + (moved ? 1 : 0));
        law("nobody takes a run from its holder", old.holder() == null || now.holder() == null || !moved);
    }

    private void answers(Run before, Command command, Decision decision) {
        if (command instanceof Command.Postpone) {
            law(
                    "only what holds a debounce key is postponed",
                    !(decision instanceof Transition) || before.place().debounce() != null);
        }
        if (before.isFinished()) law("a finished run makes no transition", !(decision instanceof Transition));
        if (decision instanceof Removal) law("only a finished run is removed", before.isFinished());
        if (decision instanceof Transition t) {
            law("every transition has a cause", !t.cause().isBlank());
            boolean claimed = command instanceof Command.Claim;
            law(
                    "a run gets a holder only by a claim",
                    before.isHeld() || !t.next().isHeld() || claimed);
            if (claimed) law("only a queued run is claimed", before.state() == RunState.QUEUED);
        }
    }

    private void history(Run before, Run after, Command command, Decision decision) {
        law("what a run is never changes", same(before, after));
        law(
                "an outcome never changes",
                before.status().outcome() == null || before.status().equals(after.status()));
        law(
                "the first start never changes",
                before.times().started() == null
                        || before.times().started().equals(after.times().started()));
        int tried = after.tries().attempt() - before.tries().attempt();
        boolean failure = command instanceof Command.Fail || command instanceof Command.Crash;
        law("the attempt grows only by a failure, by one", tried == 0 || (tried == 1 && failure));
        int losses = after.tries().losses() - before.tries().losses();
        boolean blamed = command instanceof Command.Lost l && l.blame() == Command.Blame.COUNTED;
        law("losses grow only by a counted loss, by one", losses <= 0 || (losses == 1 && blamed));
        boolean healthy = command instanceof Command.DeadlineCame d && d.name() == Deadlines.Name.HEALTHY;
        boolean progress = failure || healthy || command instanceof Command.RecordStep;
        law("losses are forgotten only by progress", losses >= 0 || progress);
        if (decision instanceof Accepted && command instanceof Command.RecordStep) {
            law("a recorded step is progress", after.tries().losses() == 0);
        }
        boolean inNode =
                before.fence().holder() != null && before.fence().holder().kind() == Holder.Kind.NODE;
        boolean timed = command instanceof Command.DeadlineCame || command instanceof Command.Expire;
        law(
                "no deadline starts a second executor beside a live one",
                !(inNode && timed && after.state() == RunState.QUEUED));
        boolean drained = before.status().stop() != null
                && before.status().stop().reason() == Stop.Reason.DRAIN
                && before.status().stop().next() == Stop.Next.QUEUED;
        boolean overslept = command instanceof Command.DeadlineCame d && d.name() == Name.STOP;
        law("a drain never ends a run", !(drained && overslept && after.isFinished()));
    }

    private static boolean same(Run before, Run after) {
        return before.id().equals(after.id())
                && before.origin().equals(after.origin())
                && before.policy().equals(after.policy())
                && before.times().created().equals(after.times().created())
                && before.place().at().equals(after.place().at())
                && before.place().queue().equals(after.place().queue())
                && Objects.equals(before.place().lane(), after.place().lane());
    }

    private void cancelled(Run before, Run after) {
        if (!before.status().cancelled()) return;
        law("a cancel mark stays", after.status().cancelled());
        law(
                "a cancelled run ends CANCELLED",
                !after.isFinished() || after.status().outcome() == Outcome.CANCELLED);
        law(
                "the budget of a compensation begins once",
                after.isFinished()
                        || at(before, Name.COMPENSATION) == null
                        || Objects.equals(at(before, Name.COMPENSATION), at(after, Name.COMPENSATION)));
    }

    private void deadline(Run after, Name name, Instant now) {
        Instant at = at(after, name);
        law("a deadline that has come and was looked at is gone, or is later", at == null || at.isAfter(now));
    }

    private void shape(Run run) {
        RunState state = run.state();
        var status = run.status();
        boolean ended = state == RunState.FINISHED;
        law("an outcome is set if and only if FINISHED", (status.outcome() != null) == ended);
        law("a stop is set if and only if STOPPING", (status.stop() != null) == (state == RunState.STOPPING));
        law("a time of the end is set if and only if FINISHED", (run.times().finished() != null) == ended);
        boolean executes = state == RunState.STARTING || state == RunState.RUNNING || state == RunState.STOPPING;
        law("who executes has a holder", !executes || run.isHeld());
        law("who is queued or finished has none", !run.isHeld() || executes || state == RunState.BLOCKED);
        boolean tried = state == RunState.STARTING || state == RunState.RUNNING;
        law(
                "only a queued run is parked, or was before it is tried",
                status.parked() == null || state == RunState.QUEUED || tried);
        law(
                "a debounce key is held before the first start, and not after the end",
                run.place().debounce() == null || (state == RunState.QUEUED && !run.wasStarted()));
        law("only a queued run is due", run.place().due() == null || state == RunState.QUEUED);
        slots(run, ended);
        law(
                "a finished run has no deadline",
                !ended || run.times().deadlines().byName().isEmpty());
        law("who was never started is queued or finished", run.wasStarted() || state == RunState.QUEUED || ended);

        law("STOPPING, and only it, has a stop deadline", has(run, Name.STOP) == (state == RunState.STOPPING));
        law("STARTING, and only it, has a start deadline", has(run, Name.START) == (state == RunState.STARTING));
        law("only BLOCKED has a deadline for its wait", !has(run, Name.WAIT) || state == RunState.BLOCKED);
        law("a time to live is for the time before the first start", !has(run, Name.TTL) || !run.wasStarted());
        law("only a cancelled run has a budget", !has(run, Name.COMPENSATION) || status.cancelled());
        boolean compensates = status.cancelled() && run.isHeld();
        law("a cancelled run that somebody executes has a budget", !compensates || has(run, Name.COMPENSATION));
        law("a cancelled run has no other time limit", !status.cancelled() || !has(run, Name.MAX_DURATION));
        Stop stop = status.stop();
        if (stop != null) {
            law(
                    "what is stopped to be CANCELLED has the mark",
                    stop.next() != Stop.Next.CANCELLED || status.cancelled());
            law(
                    "what has the mark is not stopped to time out",
                    stop.next() != Stop.Next.TIMED_OUT || !status.cancelled());
        }
        boolean wayOut = switch (state) {
            // Claimable now or at its time; by other code if it is parked.
            case QUEUED, FINISHED -> true;
            case STARTING, STOPPING ->
                run.isHeld() && !run.times().deadlines().byName().isEmpty();
            case RUNNING -> run.isHeld();
            // Given up: what it waits for comes, in the same transaction as its message.
            case BLOCKED -> true;
        };
        law("whoever waits for somebody has a way out", wayOut);
    }

    private void slots(Run run, boolean ended) {
        Lane lane = run.place().lane();
        String slot = run.place().slotOf();
        boolean lingers = run.place().lingers() != null;
        law("only the code of a run that has ended lingers", !lingers || ended);
        law("a slot is one of the run's own lane", slot == null || (lane != null && slot.equals(lane.name())));
        law("a finished run holds no slot, unless its code is still there", slot == null || !ended || lingers);
        if (lane == null) return;
        boolean executes = run.isHeld() || lingers;
        if (!lane.isSerial()) law("a slot of a concurrent lane is for who executes", (slot != null) == executes);
        law("nobody has a slot before the first start", slot == null || run.wasStarted());
    }

    private static boolean has(Run run, Name name) {
        return at(run, name) != null;
    }

    private static @Nullable Instant at(Run run, Name name) {
        return run.times().deadlines().byName().get(name);
    }
}
