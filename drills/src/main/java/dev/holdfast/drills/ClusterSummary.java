package dev.holdfast.drills;

import static dev.holdfast.drills.Page.many;
import static dev.holdfast.drills.Page.seconds;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report of a drill of a cluster as a page for people: what was done, the picture, the figures, the verdict. */
final class ClusterSummary {
    private static final String HELD =
            "Each acknowledged run ended exactly once, and succeeded. However often it was asked for,"
                    + " there is one. Each step is recorded once, as it was done, and was not done again. No two epochs of a run overlap.";
    /** What a kill may cost, in microseconds. */
    private static final long GOAL_P50 = 100_000;

    private static final long GOAL_P99 = 500_000;

    private final ClusterReport report;
    private final Look look;

    ClusterSummary(ClusterReport report, Look look) {
        this.report = report;
        this.look = look;
    }

    String written() {
        var figures = report.figures();
        var page = new Page(look);
        page.title(
                report.drill(),
                List.of(
                        "seed " + report.seed(),
                        many(figures.nodes(), "node"),
                        many(figures.clients(), "run") + " at a time",
                        many(figures.work().runs(), "start"),
                        seconds(figures.tookMillis())));
        page.picture(new Picture(report.timeline(), look, "a node begins", struck()));
        figures.resumptions().forEach(resumption -> resumed(page, resumption));
        figures.resumptions().forEach(resumption -> found(page, resumption));
        figures.lapses().forEach(lapse -> page.line(lapse.kind(), lapse.until() + " after " + spread(lapse.spread())));
        figures.seen().forEach(sentence -> page.line("seen", sentence));
        var work = figures.work();
        page.line(
                "recorded",
                many(work.steps(), "step") + " of " + many(work.runs(), "run") + "; " + many(work.movedRuns(), "run")
                        + " moved, one of them in " + many(work.mostEpochs(), "epoch"));
        page.line("acknowledged", many(work.runs(), "start") + ", " + many(work.repeated(), "request") + " repeated");
        var asked = figures.asked();
        page.line(
                "asked twice",
                many(asked.atOnce(), "start") + " at two nodes at once, " + asked.sameKey()
                        + " by two requests with one key, " + asked.atTheEnd() + " when the run had ended, "
                        + asked.overAKill() + " over a kill");
        page.verdict(
                HELD,
                report.violations(),
                report.evidence(),
                "The logs of the nodes, what user code wrote down, and the report");
        return page.written();
    }

    private String struck() {
        String kinds =
                report.figures().resumptions().stream().map(Resumption::kind).collect(Collectors.joining(" or "));
        return kinds.isEmpty() ? "what was done to the database" : kinds;
    }

    private void resumed(Page page, Resumption resumption) {
        boolean kill = resumption.kind().equals(Strike.Kind.KILL.toString());
        page.line(
                resumption.kind(),
                many(resumption.strikes(), "time") + "; of "
                        + many(resumption.runs().count(), "run")
                        + " the first user code elsewhere after " + spread(resumption.runs())
                        + (kill ? goal(resumption.runs()) : ""));
    }

    private static void found(Page page, Resumption resumption) {
        if (resumption.found().isEmpty()) return;
        String how = resumption.found().entrySet().stream()
                .map(each -> each.getValue() + " by "
                        + switch (each.getKey()) {
                            case RING -> "the ring";
                            case SWEEP -> "the sweep";
                            case FROZEN -> "silence";
                        })
                .collect(Collectors.joining(", "));
        String took = resumption.death().count() == 0
                ? "how fast was not measured, in a database that is not the drill's own"
                : "written down after " + spread(resumption.death());
        page.line("found dead", resumption.kind() + ": " + how + "; " + took);
    }

    private static String goal(Spread spread) {
        if (spread.count() == 0) return "";
        boolean met = spread.p50() < GOAL_P50 && spread.p99() < GOAL_P99;
        return "; goal " + millis(GOAL_P50) + " and " + millis(GOAL_P99) + (met ? ": met" : ": missed");
    }

    private static String spread(Spread spread) {
        if (spread.count() == 0) return "(never)";
        return millis(spread.p50()) + " (p50), " + millis(spread.p99()) + " (p99), " + millis(spread.max()) + " (max)";
    }

    private static String millis(long micros) {
        return String.format(Locale.ROOT, "%.0f ms", micros / 1_000.0);
    }
}
