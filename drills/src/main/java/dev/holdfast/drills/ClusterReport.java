package dev.holdfast.drills;

import dev.holdfast.drills.Asking.Again;
import java.util.List;

/**
 * What a drill of a cluster has found.
 *
 * @param drill its name
 * @param seed that makes the same choices again
 * @param verdict whether every promise held
 * @param violations what did not hold, as sentences
 * @param figures what was done and measured
 * @param timeline what happened when
 * @param evidence folder with the logs of the nodes, what user code wrote down, and this report; empty if nothing was kept
 */
record ClusterReport(
        String drill,
        long seed,
        Verdict verdict,
        List<String> violations,
        Figures figures,
        Timeline timeline,
        String evidence) {
    ClusterReport {
        violations = List.copyOf(violations);
    }

    /** The same findings, with the evidence kept in this folder. */
    ClusterReport keptIn(String folder) {
        return new ClusterReport(drill, seed, verdict, violations, figures, timeline, folder);
    }

    /**
     * @param nodes that there were at a time
     * @param clients each of which had one run under way
     * @param work what was recorded
     * @param asked which starts were asked for again
     * @param resumptions how fast what a node had went on elsewhere, for each thing that was done to nodes
     * @param lapses how long other things took
     * @param seen what else was seen, as sentences
     * @param tookMillis from the first start of a node to the end of the last run
     */
    record Figures(
            int nodes,
            int clients,
            Work work,
            Asked asked,
            List<Resumption> resumptions,
            List<Lapse> lapses,
            List<String> seen,
            long tookMillis) {
        Figures {
            resumptions = List.copyOf(resumptions);
            lapses = List.copyOf(lapses);
            seen = List.copyOf(seen);
        }
    }

    /**
     * @param runs that were acknowledged
     * @param steps recorded in them
     * @param movedRuns runs whose steps were recorded in more than one epoch
     * @param mostEpochs in how many epochs the steps of one of them were recorded, at most
     * @param repeated requests that clients had to repeat
     */
    record Work(int runs, long steps, long movedRuns, long mostEpochs, int repeated) {}

    /**
     * Starts that were asked for twice, and answered twice.
     *
     * @param atOnce by two at the same moment, at two nodes
     * @param sameKey … by two requests with one business key
     * @param atTheEnd again when the run had ended
     * @param overAKill of a node that was killed meanwhile, and then of another one
     */
    record Asked(int atOnce, int sameKey, int atTheEnd, int overAKill) {
        static Asked of(Asking asking) {
            return new Asked(
                    asking.times(Again.AT_ONCE),
                    asking.times(Again.SAME_KEY),
                    asking.times(Again.AT_THE_END),
                    asking.times(Again.OVER_A_KILL));
        }
    }
}
