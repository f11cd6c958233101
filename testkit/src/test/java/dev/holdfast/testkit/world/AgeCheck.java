package dev.holdfast.testkit.world;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is removed for its age has ended long enough ago, and nobody needs it any more; and what is that old goes. */
final class AgeCheck {
    /** A look comes every minute. */
    private static final Duration LOOKS = Duration.ofMinutes(3);

    private final List<String> found = new ArrayList<>();
    private final Map<RunId, Event.Ended> ended = new HashMap<>();
    private final Set<RunId> aged = new HashSet<>();

    private AgeCheck() {}

    /** @param kept how long runs are kept */
    static List<String> violations(List<Event> events, Duration kept) {
        var check = new AgeCheck();
        for (Event event : events) {
            switch (event) {
                case Event.Ended end -> check.ended.put(end.run().id(), end);
                case Event.Deleted deleted -> check.ended.remove(deleted.run());
                case Event.Aged gone -> check.removed(gone, kept);
                case Event.Recorded recorded -> check.recorded(recorded);
                case Event.Over over -> check.over(over.at(), kept);
                default -> {}
            }
        }
        return check.found;
    }

    private void removed(Event.Aged event, Duration kept) {
        Run run = event.run();
        aged.add(run.id());
        Event.Ended end = ended.remove(run.id());
        if (end == null) {
            complain(event, "has not ended");
            return;
        }
        Instant finished = run.times().finished();
        if (finished == null || event.at().isBefore(finished.plus(kept))) {
            complain(event, "ended at " + finished + " and is kept for " + kept);
        }
        if (run.holdsKey(event.at()))
            complain(event, "holds its key " + run.origin().key());
        if (run.place().lingers() != null) complain(event, "keeps its slots");
        event.needed().forEach(why -> complain(event, why));
    }

    private void complain(Event.Aged event, String what) {
        found.add(event.run().id() + " was removed at " + event.at() + " for its age: it " + what);
    }

    /** Who waits for a run is told how it has ended, and not that it is gone. */
    private void recorded(Event.Recorded event) {
        StepRecord step = event.step();
        boolean isGone = step.error() != null && step.error().code().equals("run_deleted");
        if (isGone && step.awaits() instanceof Wait.Child child && aged.contains(child.run())) {
            found.add(event.run() + ": it has waited for " + child.run() + ", which was removed for its age");
        }
    }

    private void over(Instant now, Duration kept) {
        ended.forEach((id, end) -> {
            boolean isOld = end.at().plus(kept).plus(LOOKS).isBefore(now);
            boolean isFree = !end.run().holdsKey(now);
            if (isOld && isFree) found.add(id + ": it has ended at " + end.at() + " and is still there at " + now);
        });
    }
}
