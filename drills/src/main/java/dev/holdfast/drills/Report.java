package dev.holdfast.drills;

import java.util.List;

/**
 * What a drill has found.
 *
 * @param drill its name
 * @param seed that makes the same kills and the same files again
 * @param verdict whether every promise held
 * @param violations what did not hold, as sentences
 * @param figures what was done and measured
 * @param timeline what happened when
 * @param evidence folder with the data, the server's log and this report; empty if nothing was kept
 */
record Report(
        String drill,
        long seed,
        Verdict verdict,
        List<String> violations,
        Figures figures,
        Timeline timeline,
        String evidence) {
    Report {
        violations = List.copyOf(violations);
    }

    /** The same findings, with the evidence kept in this folder. */
    Report keptIn(String folder) {
        return new Report(drill, seed, verdict, violations, figures, timeline, folder);
    }

    /**
     * @param kills how often the process was killed
     * @param work what was recorded
     * @param starts what clients asked for
     * @param backMillis kill to ready, per kill, in order of length
     * @param resumedMillis kill to the first step that was seen after it, per kill and run, in order of length
     * @param tookMillis from the first start of the process to the end of the last run
     */
    record Figures(
            int kills, Work work, Starts starts, List<Long> backMillis, List<Long> resumedMillis, long tookMillis) {
        Figures {
            backMillis = backMillis.stream().sorted().toList();
            resumedMillis = resumedMillis.stream().sorted().toList();
        }
    }

    /**
     * @param runs that were killed in the middle
     * @param steps recorded in them
     * @param mostEpochs in how many epochs the steps of one of them were recorded, at most
     * @param rewinds how often a watcher was told to take something back
     * @param taken chunks that were taken back
     * @param watchers early and late ones
     */
    record Work(int runs, long steps, long mostEpochs, long rewinds, long taken, int watchers) {}

    /**
     * @param acknowledged starts that were answered
     * @param retried requests that had to be repeated
     * @param keys business keys; each was asked for by two clients
     */
    record Starts(int acknowledged, int retried, int keys) {}
}
