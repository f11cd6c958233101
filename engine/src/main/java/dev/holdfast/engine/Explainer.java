package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Stop;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts the predicates of dispatch, and the rules, into a sentence. It knows nothing that they do not know. */
final class Explainer {
    private Explainer() {}

    /** Of a run that is QUEUED: what stands between it and its next attempt. */
    static Explanation queued(Run run, Line line, Admission admission, Instant now) {
        Optional<Ahead> ahead = Ahead.of(run, List.of());
        Obstacle against = Obstacle.of(run, line, admission, now).orElse(null);
        return switch (against) {
            case null ->
                new Explanation("claimable", "Nothing stands against it: it is claimed at the next look, now.", now);
            case Obstacle.NotDue o -> notDue(run, o.until(), ahead, Obstacle.of(run, line, admission, o.until()));
            case Obstacle.Overdue o ->
                new Explanation(
                        "overdue",
                        "Its deadline " + o.deadline() + " has come, and the next look at the deadlines settles it"
                                + ahead.map(a -> ": at " + a.at() + " " + a.what())
                                        .orElse("")
                                + ".",
                        ahead.map(Ahead::at).orElse(now));
            case Obstacle.RateLimited o -> rateLimited(run, o, ahead);
            default ->
                new Explanation(
                        code(against),
                        sentence(run, against) + unlessBefore(ahead),
                        ahead.map(Ahead::at).orElse(null));
        };
    }

    /** Of a run that is QUEUED and that another node can run: what stands against it there, of which this one knows. */
    static Explanation elsewhere(Run run, Line line, String version, Instant now) {
        String task = run.origin().task();
        var there = new Admission(Map.of(task, version), 1);
        if (Obstacle.of(run, line, there, now).isPresent()) return queued(run, line, there, now);
        Optional<Ahead> ahead = Ahead.of(run, List.of());
        String why = "This node has no code that fits it. Another one hosts task '" + task + "' in version " + version
                + ", and claims it when that has a free slot.";
        return new Explanation(
                "elsewhere", why + unlessBefore(ahead), ahead.map(Ahead::at).orElse(null));
    }

    private static Explanation notDue(Run run, Instant until, Optional<Ahead> ahead, Optional<Obstacle> then) {
        String why = whyNotDue(run);
        // At the same instant too: a deadline that has come decides, not whoever is first after it.
        if (ahead.isPresent() && !ahead.get().at().isAfter(until)) {
            return new Explanation(
                    "not_due",
                    why + " Its time would come at " + until + ", but at "
                            + ahead.get().at() + " " + ahead.get().what() + ".",
                    ahead.get().at());
        }
        // What only somebody outside takes away will stand against it then too.
        String besides = then.filter(Explainer::lasts)
                .map(o -> " Something else stands against it then: " + sentence(run, o))
                .orElse("");
        return new Explanation(
                "not_due", why + " If nothing comes before: at " + until + " its time comes." + besides, until);
    }

    /** Time alone brings it, as long as nobody who is before it takes what there is. */
    private static Explanation rateLimited(Run run, Obstacle.RateLimited o, Optional<Ahead> ahead) {
        boolean before = ahead.isPresent() && !ahead.get().at().isAfter(o.until());
        String then = before
                ? " It would have room at " + o.until() + ", but at "
                        + ahead.get().at() + " " + ahead.get().what() + "."
                : " If nothing comes before: at " + o.until() + " it has room for the next one.";
        return new Explanation(
                code(o), sentence(run, o) + then, before ? ahead.get().at() : o.until());
    }

    private static String whyNotDue(Run run) {
        if (run.place().debounce() != null) {
            return "It was started with debounce key '" + run.place().debounce()
                    + "', and waits until there was no other start with that for a while.";
        }
        if (!run.wasStarted()) return "It was started with a delay.";
        if (run.tries().losses() > 0) {
            return "Whoever held it died " + run.tries().losses() + " times in a row without progress.";
        }
        return "Attempt " + (run.tries().attempt() - 1) + " of "
                + run.policy().retry().maxAttempts() + " failed, and the next one has to wait.";
    }

    private static boolean lasts(Obstacle obstacle) {
        return switch (obstacle) {
            case Obstacle.QueuePaused o -> true;
            case Obstacle.LanePaused o -> true;
            case Obstacle.NoCode o -> true;
            case Obstacle.Mismatch o -> true;
            case Obstacle.Closing o -> true;
            default -> false;
        };
    }

    private static String unlessBefore(Optional<Ahead> ahead) {
        return ahead.map(a -> " If nothing comes before: at " + a.at() + " " + a.what() + ".")
                .orElse("");
    }

    private static String code(Obstacle obstacle) {
        return switch (obstacle) {
            case Obstacle.NotQueued o -> throw new IllegalArgumentException("it is " + o.state() + ", not QUEUED");
            case Obstacle.NotDue o -> "not_due";
            case Obstacle.Overdue o -> "overdue";
            case Obstacle.Cancelled o -> "cancelled";
            case Obstacle.NoCode o -> "no_code";
            case Obstacle.Mismatch o -> "mismatch";
            case Obstacle.NewerCode o -> "newer_code";
            case Obstacle.QueuePaused o -> "queue_paused";
            case Obstacle.LanePaused o -> "lane_paused";
            case Obstacle.LaneFull o -> "lane_full";
            case Obstacle.NotFirst o -> "not_first";
            case Obstacle.QueueFull o -> "queue_full";
            case Obstacle.RateLimited o -> "rate_limited";
            case Obstacle.Closing o -> "closing";
            case Obstacle.NotAlone o -> "not_alone";
            case Obstacle.SuspectAlone o -> "suspect_alone";
            case Obstacle.NoSlot o -> "no_slot";
        };
    }

    private static String sentence(Run run, Obstacle obstacle) {
        return switch (obstacle) {
            case Obstacle.Cancelled o ->
                "It was told to end: the next look at what was sent to it, which is at once, does that.";
            case Obstacle.NoCode o ->
                "No node hosts a task called '" + o.task() + "'. It is not claimed before one does.";
            case Obstacle.Mismatch o ->
                "It is parked: step " + o.key() + " was recorded as '" + o.recorded()
                        + "', but the code of version "
                        + o.version() + " calls '" + o.called()
                        + "' there. It goes on when code that fits what was"
                        + " recorded is hosted: restore the old order of steps, or branch on changed(...), and start"
                        + " the node again.";
            case Obstacle.NewerCode o ->
                "A newer node hosts version " + o.version() + " of task '" + o.task()
                        + "', and takes what comes back. Should"
                        + " its code not fit what was recorded, this node goes on with it.";
            case Obstacle.QueuePaused o ->
                "Queue '" + o.queue() + "' is paused. It is not claimed before the queue is resumed.";
            case Obstacle.LanePaused o ->
                "Lane '" + o.lane() + "' of queue '" + o.queue()
                        + "' is paused. It is not claimed before the lane is resumed.";
            case Obstacle.LaneFull o -> laneFull(run, o);
            case Obstacle.NotFirst o ->
                "In lane '" + o.lane() + "' one run follows the other, and " + o.before()
                        + " is before it. Its turn comes when those before it have ended.";
            case Obstacle.QueueFull o ->
                "Queue '" + o.queue() + "' has a limit of " + o.limit()
                        + ", and as many of its runs execute. It can be claimed when one of them has left memory.";
            case Obstacle.RateLimited o ->
                "Queue '" + o.queue() + "' has a rate of " + o.rate()
                        + ", and so many of its runs were claimed in that time.";
            case Obstacle.Closing o ->
                "The node closes and takes no more runs. It can be claimed when a node has started.";
            case Obstacle.NotAlone o ->
                "Whoever held it died " + run.tries().losses()
                        + " times in a row without progress, so it is only tried alone. It is claimed when nothing"
                        + " else executes on the node, which takes no more work for a while if that takes longer"
                        + " than " + Isolation.PATIENCE.toSeconds() + " s.";
            case Obstacle.SuspectAlone o ->
                "A run whose holders kept dying is being tried alone on the node, or is about to be. It is claimed"
                        + " when that one has recorded a step, has executed for "
                        + Defaults.HEALTHY_AFTER.toMinutes() + " minutes, or has left.";
            case Obstacle.NoSlot o ->
                "All slots of the node are taken. It is claimed when an attempt has left memory and it is first in"
                        + " its queue.";
            case Obstacle.NotQueued o -> "It is " + o.state() + ".";
            case Obstacle.NotDue o -> "Its time comes at " + o.until() + ".";
            case Obstacle.Overdue o -> "Its deadline " + o.deadline() + " has come.";
        };
    }

    private static String laneFull(Run run, Obstacle.LaneFull o) {
        var lane = run.place().lane();
        boolean serial = lane != null && lane.isSerial();
        String who = o.by() == null ? "are taken" : "are taken, one of them by " + o.by();
        return serial
                ? "In lane '" + o.lane() + "' one run follows the other, and "
                        + (o.by() == null ? "another one" : o.by())
                        + " has its turn. It can be claimed when that one has ended."
                : "All slots of lane '" + o.lane() + "' (" + o.limit() + ") " + who
                        + ". It can be claimed when one of them has left memory.";
    }

    /** Of a run that was given to somebody who has not begun. */
    static Explanation starting(Run run) {
        Optional<Ahead> ahead = Ahead.of(run, List.of());
        return new Explanation(
                "starting",
                "It was given to " + run.fence().holder() + ", which has not said yet that it started."
                        + unlessBefore(ahead),
                ahead.map(Ahead::at).orElse(null));
    }

    /** Of a run whose code executes. */
    static Explanation running(Run run, List<StepRecord> pending, Instant now) {
        Optional<Ahead> ahead = Ahead.ofExecuting(run, pending, now);
        String what = run.status().cancelled() ? "It compensates: it was cancelled, and attempt " : "Attempt ";
        return new Explanation(
                "running",
                what + run.tries().attempt() + " executes on " + run.fence().holder() + " since epoch "
                        + run.fence().epoch() + ". Its next change comes from its own code." + unlessBefore(ahead),
                ahead.map(Ahead::at).orElse(null));
    }

    /** Of a run whose code is to leave. */
    static Explanation stopping(Run run, Instant now) {
        Optional<Ahead> ahead = Ahead.of(run, List.of());
        Stop stop = run.status().stop();
        String why = stop == null ? "" : " because of " + stop.reason();
        return new Explanation(
                "stopping",
                "It is being stopped" + why + ". " + whenLeft(run, now) + unlessBefore(ahead),
                ahead.map(Ahead::at).orElse(null));
    }

    /** What the rules say when its code has left. Only that knows whether a cancel has reached it. */
    private static String whenLeft(Run run, Instant now) {
        Stop stop = run.status().stop();
        Holder holder = run.fence().holder();
        if (holder == null) return "Nobody executes it.";
        var by = new Fence.By(run.fence().epoch(), holder);
        String done = left(run, new Command.Stopped(by, true), now);
        String early = left(run, new Command.Stopped(by, false), now);
        boolean returns = stop != null && stop.next() == Stop.Next.QUEUED;
        return "When its code has left, " + done
                + (done.equals(early) ? "" : "; " + early + " if that has not compensated all yet")
                + (returns ? ", unless its code has come to its end." : ".");
    }

    private static String left(Run run, Command.Stopped stopped, Instant now) {
        return Rules.decide(run, stopped, now) instanceof Decision.Transition come
                ? Ahead.becomes(come.next())
                : "nothing changes";
    }

    /** Of a run that its code has left in a node that closes, before its end or its way back could be written. */
    static Explanation leftBehind() {
        return new Explanation(
                "closing", "Its code has left the node, which closes. It goes on when a node has started.", null);
    }

    static Explanation finished(Run run) {
        String end = "It ended " + run.status().outcome() + " at " + run.times().finished() + ".";
        Holder node = run.place().lingers();
        String code = node == null ? "" : " Its code has not left " + node + " yet: until then it keeps its slots.";
        return new Explanation("finished", end + code, null);
    }
}
