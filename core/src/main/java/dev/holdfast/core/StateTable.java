package dev.holdfast.core;

import dev.holdfast.core.Decision.Accepted;
import dev.holdfast.core.Decision.Nothing;
import dev.holdfast.core.Decision.Refusal;
import dev.holdfast.core.Decision.Removal;
import dev.holdfast.core.Decision.Stale;
import dev.holdfast.core.Decision.Transition;
import dev.holdfast.core.Stop.Next;
import dev.holdfast.core.Stop.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The table of states and commands as Markdown, asked from {@link Rules}: every cell is the answer to a run that is in
 * that state. A run gets into its state by the rules, too.
 *
 * <pre>{@code System.out.print(StateTable.markdown()); }</pre>
 */
public final class StateTable {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Holder NODE = new Holder(Holder.Kind.NODE, 1, 1);
    private static final Holder WORKER = new Holder(Holder.Kind.WORKER, 1, 1);
    private static final Run.Parked MISMATCH = new Run.Parked("1", StepKey.of(1), "charge", "bill");

    private StateTable() {}

    /** One line per command, one column per state; then the same for runs with the cancel mark. No cell is empty. */
    public static String markdown() {
        return """
                # States and commands

                What each command does to a run in each state. This page is printed from the rules: it is not written by hand.

                - `→ STATE` is a transition: it writes one snapshot. `e+1`: the epoch grows, and whoever held the run is stale.
                - `accepted`: the row may change, what hangs on the command (a step, a message) is written; no snapshot.
                - `–`: nothing to do, which is not an error. `stale`: whoever asked has lost the run and must stop.
                - **`code`**: refused with this code.

                A command of an executor (marked \u2020) names the epoch and holder that it was given. With any other epoch or
                holder than the run's own it is `stale` in every state; the cells show what the holder gets, or whoever was the
                last one.

                """ + table(plain()) + """

                ## Runs with the cancel mark

                They are to end CANCELLED, and may be compensating. STARTING and RUNNING: claimed again after a cancel.

                """ + table(cancelled());
    }

    static Map<String, Function<Run, Command>> commands() {
        var rows = new LinkedHashMap<String, Function<Run, Command>>();
        var error = new RunError("user_error", "Error", "it failed", "", true);
        rows.put("start", run -> start(Duration.ZERO));
        rows.put("enqueue", run -> new Command.Enqueue());
        rows.put("postpone, of a debounced run", run -> new Command.Postpone(debounced()));
        rows.put("claim, by a node", run -> new Command.Claim(NODE));
        rows.put("claim, by a worker or host", run -> new Command.Claim(WORKER));
        rows.put("started †", run -> new Command.Started(by(run)));
        rows.put("record a step †", run -> new Command.RecordStep(by(run)));
        rows.put("block †", run -> new Command.Block(by(run), Waiting.on(StepKey.of(1)), NOW.plusSeconds(9)));
        rows.put("unblock", run -> new Command.Unblock());
        rows.put("give up †", run -> new Command.GiveUp(by(run)));
        rows.put("succeed †", run -> new Command.Succeed(by(run)));
        rows.put("fail †, retries left", run -> new Command.Fail(by(run), error, 0.5));
        rows.put("fail †, final", run -> new Command.Fail(by(run), RunError.ours("final", "it is final"), 0.5));
        rows.put("crash †, retries left", run -> new Command.Crash(by(run), error, 0.5));
        rows.put("crash †, final", run -> new Command.Crash(by(run), RunError.ours("final", "it is final"), 0.5));
        rows.put("park †", run -> new Command.Park(by(run), MISMATCH));
        rows.put("unpark, of a parked run", run -> new Command.Unpark());
        rows.put("lost, its holder", run -> new Command.Lost(by(run).holder(), Command.Blame.COUNTED));
        rows.put(
                "lost, somebody else",
                run -> new Command.Lost(new Holder(Holder.Kind.NODE, 1, 2), Command.Blame.COUNTED));
        rows.put("cancel, with something to compensate", run -> new Command.Cancel(true));
        rows.put("cancel, without", run -> new Command.Cancel(false));
        rows.put("stop, to come back (drain)", run -> new Command.StopIt(new Stop(Reason.DRAIN, Next.QUEUED)));
        rows.put("stop, to end (time-out)", run -> new Command.StopIt(new Stop(Reason.TIME_OUT, Next.TIMED_OUT)));
        rows.put("stopped †, compensated", run -> new Command.Stopped(by(run), true));
        rows.put("stopped †, not compensated", run -> new Command.Stopped(by(run), false));
        rows.put("adopt, its holder", run -> new Command.Adopt(by(run).holder()));
        rows.put("expire", run -> new Command.Expire());
        for (var name : Deadlines.Name.values()) {
            rows.put("deadline " + name, run -> new Command.DeadlineCame(name));
        }
        rows.put("signal", run -> new Command.Signal("approved"));
        rows.put("rerun", run -> new Command.Rerun());
        rows.put("left", run -> new Command.Left(NODE));
        rows.put("delete", run -> new Command.Delete());
        rows.put("finalise", run -> new Command.Finalise());
        rows.put("pause", run -> new Command.Pause());
        rows.put("resume", run -> new Command.Resume());
        return rows;
    }

    /** Where a run can stand, with a run that stands there. */
    static Map<String, Run> plain() {
        var states = new LinkedHashMap<String, Run>();
        Run queued = Rules.start(start(Duration.ZERO), NOW).next();
        Run starting = after(queued, new Command.Claim(WORKER));
        Run running = after(queued, new Command.Claim(NODE));
        Run blocked = after(running, new Command.Block(by(running), Waiting.on(StepKey.of(1)), null));
        states.put("QUEUED", queued);
        states.put("STARTING", starting);
        states.put("RUNNING", running);
        states.put("BLOCKED, held", blocked);
        states.put("BLOCKED, given up", after(blocked, new Command.GiveUp(by(blocked))));
        states.put("STOPPING, to QUEUED", after(running, new Command.StopIt(new Stop(Reason.DRAIN, Next.QUEUED))));
        states.put("STOPPING, to CANCELLED", after(running, new Command.Cancel(true)));
        states.put(
                "STOPPING, to TIMED_OUT",
                after(running, new Command.StopIt(new Stop(Reason.TIME_OUT, Next.TIMED_OUT))));
        states.put("FINISHED", after(running, new Command.Succeed(by(running))));
        states.put(
                "FINISHED, its code there",
                Moves.cutOff(running, Outcome.TIMED_OUT, "deadline", NOW).next());
        return states;
    }

    static Map<String, Run> cancelled() {
        var states = new LinkedHashMap<String, Run>();
        Run first = after(Rules.start(start(Duration.ZERO), NOW).next(), new Command.Claim(NODE));
        Run stopping = after(first, new Command.Cancel(true));
        Run queued = after(stopping, new Command.Lost(NODE, Command.Blame.COUNTED));
        Run running = after(queued, new Command.Claim(NODE));
        Run blocked = after(running, new Command.Block(by(running), Waiting.on(StepKey.of(1)), null));
        states.put("QUEUED", queued);
        Run waits = after(first, new Command.Block(by(first), Waiting.on(StepKey.of(1)), null));
        Run givenUp = after(waits, new Command.GiveUp(by(waits)));
        states.put("QUEUED, nobody compensated yet", after(givenUp, new Command.Cancel(true)));
        states.put("STARTING", after(queued, new Command.Claim(WORKER)));
        states.put("RUNNING", running);
        states.put("BLOCKED, held", blocked);
        states.put("BLOCKED, given up", after(blocked, new Command.GiveUp(by(blocked))));
        states.put("STOPPING, to QUEUED", after(running, new Command.StopIt(new Stop(Reason.DRAIN, Next.QUEUED))));
        Run drained = after(first, new Command.StopIt(new Stop(Reason.DRAIN, Next.QUEUED)));
        states.put("STOPPING for a drain, to CANCELLED", after(drained, new Command.Cancel(true)));
        return states;
    }

    /** What the table says of this run and this command. */
    static String cell(Run run, Command command) {
        var asked = prepared(run, command);
        return switch (Rules.decide(asked, command, NOW)) {
            case Transition t -> transition(asked, t.next());
            case Accepted a -> {
                boolean dropped = a.next().times().deadlines().byName().size()
                        < asked.times().deadlines().byName().size();
                boolean left =
                        a.next().place().lingers() == null && asked.place().lingers() != null;
                boolean later =
                        !a.next().times().deadlines().equals(asked.times().deadlines());
                yield left
                        ? "accepted: its slots are free"
                        : dropped ? "accepted: it is dropped" : later ? "accepted: asked again later" : "accepted";
            }
            case Removal r -> "removed";
            case Nothing n -> "–";
            case Stale s -> "stale";
            case Refusal r -> "**`" + r.code() + "`**";
        };
    }

    private static String transition(Run before, Run next) {
        String to = next.isFinished()
                ? String.valueOf(next.status().outcome())
                : next.state().name();
        if (next.isGivenUp()) to += ", given up";
        var stop = next.status().stop();
        if (stop != null) to += ", to " + stop.next();
        if (next.state() == RunState.QUEUED && next.status().parked() != null) to += ", parked";
        if (next.tries().attempt() > before.tries().attempt()) to += ", next attempt";
        return "→ " + to + (next.fence().epoch() > before.fence().epoch() ? " e+1" : "");
    }

    /** The run as it must be for the command to mean something: a deadline that has come, a run that is parked. */
    private static Run prepared(Run run, Command command) {
        var name = switch (command) {
            case Command.DeadlineCame c -> c.name();
            case Command.Expire c -> Deadlines.Name.TTL;
            default -> null;
        };
        if (name != null && !run.isFinished()) {
            var due = run.times().deadlines().with(name, NOW);
            return run.moved(run.status(), run.fence(), run.times().with(due));
        }
        boolean waits = run.state() == RunState.QUEUED && !run.wasStarted();
        if (waits && command instanceof Command.Postpone)
            return run.at(run.place().debounced("key"));
        boolean parks = command instanceof Command.Unpark && run.state() == RunState.QUEUED;
        return parks ? run.moved(run.status().parkedFor(MISMATCH), run.fence(), run.times()) : run;
    }

    private static String table(Map<String, Run> states) {
        var lines = new ArrayList<String>();
        lines.add("| command | " + String.join(" | ", states.keySet()) + " |");
        lines.add("|---".repeat(states.size() + 1) + "|");
        for (var row : commands().entrySet()) {
            List<String> cells = states.values().stream()
                    .map(run -> cell(run, row.getValue().apply(run)))
                    .toList();
            lines.add("| " + row.getKey() + " | " + String.join(" | ", cells) + " |");
        }
        return String.join("\n", lines) + "\n";
    }

    private static Command.Timing debounced() {
        var debounce = new Command.Debounce("key", Duration.ofSeconds(9));
        return new Command.Timing(Duration.ZERO, null, Duration.ZERO, debounce);
    }

    private static Command.Start start(Duration delay) {
        return new Command.Start(
                new RunId(1, 1),
                new Run.Origin(Namespace.DEFAULT, "task", Defaults.VERSION, null, List.of(), null),
                new Run.Policy(Defaults.TASK_RETRY, Defaults.GIVE_UP_AFTER, null),
                Defaults.QUEUE,
                null,
                new Command.Timing(delay, null, Duration.ZERO));
    }

    /** The fence of the run's holder; of the last one if nobody holds it. */
    private static Fence.By by(Run run) {
        Holder holder = run.fence().holder();
        return holder == null
                ? new Fence.By(Math.max(0, run.fence().epoch() - 1), NODE)
                : new Fence.By(run.fence().epoch(), holder);
    }

    private static Run after(Run run, Command command) {
        if (Rules.decide(run, command, NOW) instanceof Transition t) return t.next();
        throw new IllegalStateException(command + " is no transition of a run that is " + run.status());
    }
}
