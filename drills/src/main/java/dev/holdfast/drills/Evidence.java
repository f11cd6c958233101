package dev.holdfast.drills;

import java.util.List;
import java.util.Map;

/**
 * What can be seen when a drill of a cluster is over.
 *
 * @param jobs what clients were acknowledged
 * @param runs as the cluster tells of them in the end, by their ids
 * @param diary what user code wrote down itself
 * @param strikes what was done, in order
 */
record Evidence(List<Load.Job> jobs, Map<String, RunAccount> runs, Diary diary, List<Strike> strikes) {
    /** As the snapshots of losses begin for which the holder is blamed, and not the database or a drain. */
    private static final String LOST = "lost: ";

    private static final String NOT_COUNTED = "not counted";

    Evidence {
        jobs = List.copyOf(jobs);
    }

    /** The losses that were counted against a run before this moment. */
    List<String> countedLosses(String before) {
        return runs.values().stream()
                .flatMap(run -> run.snapshots().stream()
                        .filter(snap -> snap.at().compareTo(before) < 0)
                        .filter(snap ->
                                snap.cause().startsWith(LOST) && !snap.cause().contains(NOT_COUNTED))
                        .map(snap -> run.id() + ": a loss was counted at " + snap.at() + " (" + snap.cause() + ")"))
                .toList();
    }
}
