package dev.holdfast.drills;

import java.util.List;

/**
 * What a drill has found.
 *
 * @param drill its name
 * @param seed that makes the same choices again
 * @param verdict whether every promise held
 * @param violations what did not hold, as sentences
 * @param figures what was done and measured
 * @param timeline what happened when
 * @param evidence folder with what the figures say is kept, and this report; empty if nothing was kept
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

    /** Of a drill that has just ended. */
    static Report of(String drill, long seed, List<String> violations, Figures figures, Timeline timeline) {
        var verdict = violations.isEmpty() ? Verdict.HELD : Verdict.VIOLATED;
        return new Report(drill, seed, verdict, violations, figures, timeline, "");
    }

    /** The same findings, with the evidence kept in this folder. */
    Report keptIn(String folder) {
        return new Report(drill, seed, verdict, violations, figures, timeline, folder);
    }
}
