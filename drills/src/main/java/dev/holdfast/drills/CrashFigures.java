package dev.holdfast.drills;

import static dev.holdfast.drills.Page.many;
import static dev.holdfast.drills.Page.seconds;

import java.util.List;

/**
 * What a drill of one process did and measured.
 *
 * @param kills how often the process was killed
 * @param work what was recorded
 * @param starts what clients asked for
 * @param backMillis kill to ready, per kill, in order of length
 * @param resumedMillis kill to the first step that was seen after it, per kill and run, in order of length
 * @param tookMillis from the first start of the process to the end of the last run
 */
record CrashFigures(
        int kills, Work work, Starts starts, List<Long> backMillis, List<Long> resumedMillis, long tookMillis)
        implements Figures {
    CrashFigures {
        backMillis = backMillis.stream().sorted().toList();
        resumedMillis = resumedMillis.stream().sorted().toList();
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

    @Override
    public List<String> sizes() {
        return List.of(
                many(kills, "kill"),
                many(work.runs(), "word count"),
                many(starts.acknowledged(), "start"),
                seconds(tookMillis));
    }

    @Override
    public Picture picture(Timeline timeline, Look look) {
        return new Picture(timeline, look);
    }

    @Override
    public void tell(Page page) {
        page.line("killed", many(kills, "time") + "; serving again after " + spread(backMillis));
        page.line(
                "resumed", "first step after a kill after " + spread(resumedMillis) + ", the process's start included");
        page.line(
                "recorded",
                many(work.steps(), "step") + " of " + many(work.runs(), "run") + ", in up to "
                        + many(work.mostEpochs(), "epoch") + " of a run");
        page.line(
                "rewound",
                work.rewinds() == 0
                        ? "no rewind happened: early watchers were not tested with half-sent text"
                        : many(work.taken(), "half-done step") + ", in " + many(work.rewinds(), "rewind") + "; "
                                + many(work.watchers(), "watcher") + ", half of them late");
        page.line(
                "acknowledged",
                many(starts.acknowledged(), "start") + ", " + many(starts.retried(), "request") + " repeated; "
                        + many(starts.keys(), "key") + ", each asked for by two clients");
    }

    private static String spread(List<Long> sorted) {
        if (sorted.isEmpty()) return "(never)";
        return seconds(sorted.get(sorted.size() / 2)) + " (p50), " + seconds(sorted.getLast()) + " (max)";
    }

    @Override
    public String promise() {
        return "Each acknowledged run ended exactly once. Each step is recorded once. Outputs are"
                + " those of an undisturbed run. No key has two runs. Early and late watchers end with the same text.";
    }

    @Override
    public String kept() {
        return "The data folder, the server's log and the report";
    }
}
