package dev.holdfast.engine;

import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepKey;
import dev.holdfast.engine.port.Rate;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a queued run and its next attempt. These predicates are the only ones: a claim gives no run that
 * has an obstacle, and {@code explain} renders the first one.
 */
public sealed interface Obstacle {

    /** It has left the queue. */
    record NotQueued(RunState state) implements Obstacle {}

    /** Its time has not come: a delay, or a back-off. */
    record NotDue(Instant until) implements Obstacle {}

    /** A deadline that ends it has come; the next look at the deadlines does that. */
    record Overdue(Deadlines.Name deadline) implements Obstacle {}

    /** It was told to end, which the next look into its inbox does: its code does not begin, or only to compensate. */
    record Cancelled() implements Obstacle {}

    /** No code for its task here. */
    record NoCode(String task) implements Obstacle {}

    /** The code here is not the code that recorded its steps. */
    record Mismatch(String version, StepKey key, String recorded, String called) implements Obstacle {}

    /** It comes back, and a newer node has other code for it that may fit. */
    record NewerCode(String task, String version) implements Obstacle {}

    /** Its queue is paused: nothing of it is claimed until it is resumed. */
    record QueuePaused(String queue) implements Obstacle {}

    /** Its lane is paused. */
    record LanePaused(String queue, String lane) implements Obstacle {}

    /** All slots of its lane are taken. */
    record LaneFull(String lane, int limit, @Nullable RunId by) implements Obstacle {}

    /** Its lane is serial, and another run of it has its turn first. */
    record NotFirst(String lane, RunId before) implements Obstacle {}

    /** As many runs of its queue execute as may. */
    record QueueFull(String queue, int limit) implements Obstacle {}

    /** As many runs of its queue were claimed as may be in this time. */
    record RateLimited(String queue, Rate rate, Instant until) implements Obstacle {}

    /** The node closes and takes no more runs. */
    record Closing() implements Obstacle {}

    /** It is a suspect, which is only tried alone, and others execute. */
    record NotAlone() implements Obstacle {}

    /** A suspect is being tried alone, or is about to be. */
    record SuspectAlone() implements Obstacle {}

    /** All slots are taken. */
    record NoSlot() implements Obstacle {}

    /** The first obstacle, in the order above; empty if it can be claimed now. */
    static Optional<Obstacle> of(Run run, Line line, Admission admission, Instant now) {
        if (run.state() != RunState.QUEUED) return Optional.of(new NotQueued(run.state()));
        Instant due = run.place().due();
        if (due != null && due.isAfter(now)) return Optional.of(new NotDue(due));
        Optional<Deadlines.Name> overdue = run.times().deadlines().due(now);
        if (overdue.isPresent()) return Optional.of(new Overdue(overdue.get()));
        if (line.cancelled()) return Optional.of(new Cancelled());
        Optional<Obstacle> paused = paused(run, line);
        if (paused.isPresent()) return paused;
        String version = admission.hosted().get(run.origin().task());
        if (version == null) return Optional.of(new NoCode(run.origin().task()));
        Run.Parked parked = run.status().parked();
        if (parked != null && !parked.mayFit(version)) {
            return Optional.of(new Mismatch(version, parked.key(), parked.recorded(), parked.called()));
        }
        if (admission.leaves(run)) {
            String task = run.origin().task();
            return Optional.of(new NewerCode(task, admission.newer().getOrDefault(task, version)));
        }
        Optional<Obstacle> full = full(run, line);
        if (full.isPresent()) return full;
        Optional<Obstacle> limited = limited(run, line, now);
        if (limited.isPresent()) return limited;
        if (admission.company() == Company.CLOSED) return Optional.of(new Closing());
        if (!admission.company().admits(run)) {
            return Optional.of(run.isSuspect() ? new NotAlone() : new SuspectAlone());
        }
        if (admission.slots() <= 0) return Optional.of(new NoSlot());
        return Optional.empty();
    }

    private static Optional<Obstacle> paused(Run run, Line line) {
        String queue = run.place().queue();
        return switch (line.door()) {
            case OPEN -> Optional.empty();
            case QUEUE_PAUSED -> Optional.of(new QueuePaused(queue));
            case LANE_PAUSED -> Optional.of(new LanePaused(queue, laneOf(run)));
        };
    }

    private static Optional<Obstacle> full(Run run, Line line) {
        if (line.needsSlot(run)) {
            Line.Full lane = line.lane();
            if (lane != null) return Optional.of(new LaneFull(laneOf(run), lane.limit(), lane.by()));
            if (line.before() != null) return Optional.of(new NotFirst(laneOf(run), line.before()));
        }
        Line.Full queue = line.queue();
        return queue == null
                ? Optional.empty()
                : Optional.of(new QueueFull(run.place().queue(), queue.limit()));
    }

    private static Optional<Obstacle> limited(Run run, Line line, Instant now) {
        Line.Pace pace = line.pace();
        if (pace == null || pace.opens() == null || !pace.opens().isAfter(now)) return Optional.empty();
        return Optional.of(new RateLimited(run.place().queue(), pace.rate(), pace.opens()));
    }

    private static String laneOf(Run run) {
        Lane lane = run.place().lane();
        return lane == null ? "" : lane.name();
    }
}
