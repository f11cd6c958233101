package dev.holdfast.drills;

import static dev.holdfast.drills.Page.many;
import static dev.holdfast.drills.Page.seconds;

import java.util.List;

/** A report as a page for people: what was done, the picture, the figures, the verdict. */
final class Summary {
    private static final String HELD =
            "Each acknowledged run ended exactly once. Each step is recorded once. Outputs are"
                    + " those of an undisturbed run. No key has two runs. Early and late watchers end with the same text.";

    private final Report report;
    private final Look look;

    Summary(Report report, Look look) {
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
                        many(figures.kills(), "kill"),
                        many(figures.work().runs(), "word count"),
                        many(figures.starts().acknowledged(), "start"),
                        seconds(figures.tookMillis())));
        page.picture(new Picture(report.timeline(), look));
        figures(page, figures);
        page.verdict(HELD, report.violations(), report.evidence(), "The data folder, the server's log and the report");
        return page.written();
    }

    private static void figures(Page page, Report.Figures figures) {
        var work = figures.work();
        var starts = figures.starts();
        page.line("killed", many(figures.kills(), "time") + "; serving again after " + spread(figures.backMillis()));
        page.line(
                "resumed",
                "first step after a kill after " + spread(figures.resumedMillis()) + ", the process's start included");
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
}
