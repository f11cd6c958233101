package dev.holdfast.drills;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What can be seen when a drill of a cluster is over.
 *
 * @param jobs what clients were acknowledged
 * @param runs as the cluster tells of them in the end, by their ids
 * @param diary what user code wrote down itself
 * @param strikes what was done, in order
 * @param deaths which nodes were found dead
 */
record Evidence(List<Load.Job> jobs, Map<String, RunAccount> runs, Diary diary, List<Strike> strikes, Deaths deaths) {
    /** As the snapshots of losses begin for which the holder is blamed, and not the database or a drain. */
    private static final Pattern LOST = Pattern.compile("lost: (?:node/(\\d+))?.*");

    private static final String NOT_COUNTED = "not counted";

    Evidence {
        jobs = List.copyOf(jobs);
    }

    /** Those of one kind. */
    List<Strike> strikes(Strike.Kind kind) {
        return strikes.stream().filter(strike -> strike.kind() == kind).toList();
    }

    /** The processes that could not end what they were at. */
    Set<Long> killed() {
        return strikes.stream()
                .filter(Strike::isKill)
                .flatMap(strike -> strike.victim().stream())
                .map(Node::pid)
                .collect(Collectors.toSet());
    }

    /**
     * The losses that were counted against a run, but for those of some nodes. A time would not tell them apart: that of a snapshot
     * is the database's, which may be on another machine.
     *
     * @param killed the numbers of these nodes
     */
    List<String> countedLosses(Set<Long> killed) {
        return runs.values().stream()
                .flatMap(run -> run.snapshots().stream()
                        .filter(snap -> isCounted(snap.cause(), killed))
                        .map(snap -> run.id() + ": a loss was counted at " + snap.at() + " (" + snap.cause() + ")"))
                .toList();
    }

    private static boolean isCounted(String cause, Set<Long> killed) {
        var lost = LOST.matcher(cause);
        if (!lost.matches() || cause.contains(NOT_COUNTED)) return false;
        String number = lost.group(1);
        return number == null || !killed.contains(Long.valueOf(number));
    }
}
