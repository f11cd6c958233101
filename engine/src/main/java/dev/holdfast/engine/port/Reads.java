package dev.holdfast.engine.port;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.Line;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reading what is written down, of the primary. Each call sees one moment; committed changes are visible to it. */
public interface Reads extends ReplicaReads {
    Optional<Run> run(Namespace namespace, RunId id);

    /** For the engine itself, which knows the run by its id. */
    Optional<Run> run(RunId id);

    /** How far it is; for watchers, who ask often. */
    Optional<Progress> progress(RunId id);

    /**
     * How far a run is.
     *
     * @param epoch of its row
     * @param seq of its newest snapshot
     * @param isFinished whether that is its last one
     */
    record Progress(long epoch, long seq, boolean isFinished) {}

    Optional<RunView> view(Namespace namespace, RunId id);

    /** Those that are replayed, by key. */
    default List<StepRecord> steps(RunId id) {
        return steps(List.of(id)).getOrDefault(id, List.of());
    }

    /** Those of several runs, in one round trip. A run without any may be left out. */
    Map<RunId, List<StepRecord>> steps(Collection<RunId> ids);

    /** Whether there is any of them. */
    boolean hasSteps(RunId id);

    /** Empty if the run is not there or {@code since} is above its seq. */
    Optional<SnapshotWindow> snapshots(Namespace namespace, RunId id, long since);

    /** Nothing has come farther than the primary. */
    @Override
    default Optional<SnapshotWindow> snapshots(Namespace namespace, RunId id, long since, long atLeast) {
        return snapshots(namespace, id, since);
    }

    /** Runs of a lane, oldest first; {@code after} is the last of the previous page. */
    List<Run> lane(Namespace namespace, String queue, String lane, @Nullable RunId after, int limit);

    /** Those of a lane that have not ended, oldest first. */
    List<Run> live(Namespace namespace, String queue, String lane);

    /** Who has the slot of a serial lane and has not ended. */
    Optional<Run> turn(Namespace namespace, String queue, String lane);

    /** What was given to these runs and what came of it, in one round trip. One that is not there is left out. */
    Map<RunId, Payloads> payloads(Collection<RunId> ids);

    /**
     * What a run was given and what came of it.
     *
     * @param input JSON
     * @param output JSON; null unless it succeeded
     * @param error of the newest failed attempt; null if none failed
     */
    record Payloads(
            String input, @Nullable String output, @Nullable RunError error) {}

    /**
     * Where its stream ends, for watchers, who need nothing else of the view. Of a run that has not ended: how far what is recorded
     * counts on a log that may lose something; empty if nothing was written down.
     */
    Optional<StreamEnd> end(RunId id);

    /**
     * Since when the suspect that has waited longest could have been claimed; empty if none waits.
     *
     * @param hosted the version of each task that is hosted: a suspect that nobody here can run is not waited for
     */
    Optional<Instant> suspectWaiting(Map<String, String> hosted, Instant now);

    /** What waits for a slot now, suspects and parked runs too: by task, and by what does not fit. In any order. */
    List<Backlog> backlog(Instant now);

    /** What is around a run now. */
    Line line(Run run);

    /** By name. */
    List<QueueView> queues(Namespace namespace);

    /** In the order of {@link LaneView#ORDER}; {@code after} is the last of the previous page. */
    List<LaneView> lanes(Namespace namespace, String queue, @Nullable Lane after, int limit);

    /** In the order in which they are applied. */
    List<Message.Delivered> inbox(RunId id);

    /** The steps of a run that are pending, by key. */
    List<StepRecord> pending(RunId id);

    /** The first signal by this name that was kept. */
    Optional<Kept> kept(RunId id, String name);

    /** A signal that was kept. */
    record Kept(long number, String json) {}

    /** A token that can be completed, or was; empty if it is not there. */
    Optional<Token> token(String id);

    /**
     * A token.
     *
     * @param run whose it is
     * @param until when it can be completed
     */
    record Token(RunId run, Instant until, boolean isCompleted) {}

    /** How a run has ended; empty if it has not, or is not there. */
    Optional<Result> result(RunId id);

    /**
     * The end of a run.
     *
     * @param output JSON; null unless it succeeded
     * @param error of its last failed attempt; null if there is none
     */
    record Result(
            Outcome outcome,
            @Nullable String output,
            @Nullable RunError error) {}

    /** For whoever waits for the end: how far it has come; empty if there is no such run. */
    Optional<Reached> reached(Namespace namespace, RunId id);

    /** @param end null while it has not ended */
    record Reached(@Nullable Result end) {}

    /** Children that end with this run, have not ended and were not told to, at most {@code limit}. */
    List<RunId> children(RunId parent, int limit);

    Optional<StoredSchedule> schedule(Namespace namespace, String name);

    /** By name; {@code after} is the last of the previous page. */
    List<StoredSchedule> schedules(Namespace namespace, @Nullable String after, int limit);

    /**
     * The next firings of schedules that are not paused, in their order.
     *
     * @param tasks only of these
     * @param after the last of the previous page
     */
    List<Upcoming> upcoming(Collection<String> tasks, @Nullable Upcoming after, int limit);
}
