package dev.holdfast.engine;

import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Run;
import dev.holdfast.core.Stop;
import java.time.Instant;
import java.util.Optional;

/** Puts the predicates of dispatch into a sentence. It knows nothing that they do not know. */
final class Explainer {
    private Explainer() {}

    static Explanation explain(Run run, Line line, Admission admission, Instant now) {
        return switch (run.state()) {
            case QUEUED ->
                Obstacle.of(run, line, admission, now)
                        .map(obstacle -> queued(run, obstacle))
                        .orElseGet(() -> new Explanation(
                                "claimable", "Nothing stands against it: it is claimed at the next look, now.", now));
            case STARTING ->
                new Explanation(
                        "starting",
                        "It was given to " + run.fence().holder()
                                + ", which has not said yet that it started; if it does not"
                                + " by its start deadline, the run is queued again.",
                        run.times().deadlines().byName().get(Deadlines.Name.START));
            case RUNNING -> running(run);
            case BLOCKED -> new Explanation("blocked", "It waits.", next(run).orElse(null));
            case STOPPING -> stopping(run);
            case FINISHED ->
                new Explanation(
                        "finished",
                        "It ended " + run.status().outcome() + " at "
                                + run.times().finished() + ".",
                        null);
        };
    }

    private static Explanation queued(Run run, Obstacle obstacle) {
        return switch (obstacle) {
            case Obstacle.NotDue o -> new Explanation("not_due", notDue(run, o), o.until());
            case Obstacle.Overdue o ->
                new Explanation(
                        "overdue",
                        "Its deadline " + o.deadline() + " has come. The next look at the deadlines ends it.",
                        next(run).orElse(null));
            case Obstacle.NoCode o ->
                new Explanation(
                        "no_code",
                        "No node hosts a task called '" + o.task() + "'. It is claimed as soon as one does.",
                        null);
            case Obstacle.Mismatch o ->
                new Explanation(
                        "mismatch",
                        "It is parked: step " + o.key() + " was recorded as '" + o.recorded()
                                + "', but the code of version "
                                + o.version() + " calls '" + o.called()
                                + "' there. It goes on when code that fits what was"
                                + " recorded is hosted: restore the old order of steps, or branch on changed(...), and start"
                                + " the node again.",
                        null);
            case Obstacle.QueuePaused o ->
                new Explanation(
                        "queue_paused",
                        "Queue '" + o.queue() + "' is paused. It can be claimed when the queue is resumed.",
                        null);
            case Obstacle.LanePaused o ->
                new Explanation(
                        "lane_paused",
                        "Lane '" + o.lane() + "' of queue '" + o.queue()
                                + "' is paused. It can be claimed when the lane is resumed.",
                        null);
            case Obstacle.LaneFull o -> new Explanation("lane_full", laneFull(run, o), null);
            case Obstacle.NotFirst o ->
                new Explanation(
                        "not_first",
                        "In lane '" + o.lane() + "' one run follows the other, and " + o.before()
                                + " is before it. Its turn comes when those before it have ended.",
                        null);
            case Obstacle.QueueFull o ->
                new Explanation(
                        "queue_full",
                        "Queue '" + o.queue() + "' has a limit of " + o.limit()
                                + ", and as many of its runs execute. It can be claimed when one of them ends or waits.",
                        null);
            case Obstacle.NotAlone o ->
                new Explanation(
                        "not_alone",
                        "Whoever held it died " + run.tries().losses()
                                + " times in a row without progress, so it is only tried alone. It is claimed when nothing"
                                + " else executes on the node, which takes no more work for a while if that takes longer"
                                + " than " + Isolation.PATIENCE.toSeconds() + " s.",
                        null);
            case Obstacle.SuspectAlone o ->
                new Explanation(
                        "suspect_alone",
                        "A run whose holders kept dying is being tried alone on the node, or is about to be. It is claimed"
                                + " when that one has recorded a step or has left.",
                        null);
            case Obstacle.NoSlot o ->
                new Explanation(
                        "no_slot",
                        "All slots of the node are taken. It is claimed when an attempt ends and it is first in its queue.",
                        null);
            case Obstacle.NotQueued o -> new Explanation("claimable", "It is " + o.state() + ".", null);
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
                        + ". It can be claimed when one of them ends or waits.";
    }

    private static String notDue(Run run, Obstacle.NotDue o) {
        if (!run.wasStarted()) return "It was started with a delay. It becomes claimable at " + o.until() + ".";
        if (run.tries().losses() > 0) {
            return "Whoever held it died " + run.tries().losses()
                    + " times in a row without progress. It is tried again at " + o.until() + ".";
        }
        return "Attempt " + (run.tries().attempt() - 1) + " of "
                + run.policy().retry().maxAttempts() + " failed. The next one begins at " + o.until() + ".";
    }

    private static Explanation running(Run run) {
        String what = run.status().cancelled() ? "It compensates: it was cancelled, and attempt " : "Attempt ";
        return new Explanation(
                "running",
                what + run.tries().attempt() + " executes on " + run.fence().holder() + " since epoch "
                        + run.fence().epoch() + ". Its next change comes from its own code"
                        + next(run).map(at -> ", or from its deadline at " + at).orElse("") + ".",
                next(run).orElse(null));
    }

    private static Explanation stopping(Run run) {
        Stop stop = run.status().stop();
        String why = stop == null ? "" : " because of " + stop.reason() + ", and goes on to " + stop.next();
        return new Explanation(
                "stopping",
                "It is being stopped" + why + " when its code has left"
                        + next(run).map(at -> ", at the latest at " + at).orElse("") + ".",
                next(run).orElse(null));
    }

    private static Optional<Instant> next(Run run) {
        return run.times().deadlines().next();
    }
}
