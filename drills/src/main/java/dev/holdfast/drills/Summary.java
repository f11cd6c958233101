package dev.holdfast.drills;

import dev.holdfast.drills.Look.Tone;
import java.util.List;
import java.util.Locale;

/** A report as a page for people: what was done, the picture, the figures, the verdict. */
final class Summary {
    private static final String HELD =
            "Each acknowledged run ended exactly once. Each step is recorded once. Outputs are"
                    + " those of an undisturbed run. No key has two runs. Early and late watchers end with the same text.";
    private static final int LABEL = 14;

    private final Report report;
    private final Look look;

    Summary(Report report, Look look) {
        this.report = report;
        this.look = look;
    }

    String written() {
        var figures = report.figures();
        var page = new StringBuilder("\n");
        page.append("  ").append(look.paint("holdfast drill " + report.drill(), Tone.STRONG));
        String size = "   seed " + report.seed() + dot() + many(figures.kills(), "kill") + dot()
                + many(figures.work().runs(), "word count") + dot()
                + many(figures.starts().acknowledged(), "start") + dot() + seconds(figures.tookMillis());
        page.append(look.paint(size, Tone.FAINT)).append("\n\n");
        page.append(new Picture(report.timeline(), look).drawn()).append('\n');
        figures(page, figures);
        verdict(page);
        return page.toString();
    }

    private void figures(StringBuilder page, Report.Figures figures) {
        var work = figures.work();
        var starts = figures.starts();
        line(page, "killed", many(figures.kills(), "time") + "; serving again after " + spread(figures.backMillis()));
        line(
                page,
                "resumed",
                "first step after a kill after " + spread(figures.resumedMillis()) + ", the process's start included");
        line(
                page,
                "recorded",
                many(work.steps(), "step") + " of " + many(work.runs(), "run") + ", in up to "
                        + many(work.mostEpochs(), "epoch") + " of a run");
        line(
                page,
                "rewound",
                work.rewinds() == 0
                        ? "no rewind happened: early watchers were not tested with half-sent text"
                        : many(work.taken(), "half-done step") + ", in " + many(work.rewinds(), "rewind") + "; "
                                + many(work.watchers(), "watcher") + ", half of them late");
        line(
                page,
                "acknowledged",
                many(starts.acknowledged(), "start") + ", " + many(starts.retried(), "request") + " repeated; "
                        + many(starts.keys(), "key") + ", each asked for by two clients");
    }

    private void line(StringBuilder page, String label, String text) {
        page.append("  ")
                .append(look.paint(label + " ".repeat(LABEL - label.length()), Tone.FAINT))
                .append(text)
                .append('\n');
    }

    private void verdict(StringBuilder page) {
        page.append("\n  ");
        if (report.verdict() == Verdict.HELD) {
            page.append(look.paint(" HELD ", Tone.HELD))
                    .append("  ")
                    .append(wrapped(HELD, 10))
                    .append('\n');
        } else {
            page.append(look.paint(" VIOLATED ", Tone.VIOLATED))
                    .append("  ")
                    .append(many(report.violations().size(), "finding"))
                    .append(":\n");
            for (String violation : report.violations()) {
                page.append("    - ").append(wrapped(violation, 6)).append('\n');
            }
        }
        if (!report.evidence().isEmpty()) {
            page.append("\n  The data folder, the server's log and the report are in ")
                    .append(report.evidence())
                    .append('\n');
        }
    }

    /** Breaks at blanks, so that no line is wider than the terminal. */
    private String wrapped(String text, int indent) {
        int room = Math.max(30, Math.min(look.width(), 120) - indent - 2);
        var lines = new StringBuilder();
        int column = 0;
        for (String word : text.split(" ", -1)) {
            if (column > 0 && column + 1 + word.length() > room) {
                lines.append('\n').append(" ".repeat(indent));
                column = 0;
            }
            if (column > 0) lines.append(' ');
            lines.append(word);
            column += word.length() + 1;
        }
        return lines.toString();
    }

    private String dot() {
        return look.signs().isUnicode() ? " · " : ", ";
    }

    private static String spread(List<Long> sorted) {
        if (sorted.isEmpty()) return "(never)";
        return seconds(sorted.get(sorted.size() / 2)) + " (p50), " + seconds(sorted.getLast()) + " (max)";
    }

    private static String many(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.2f s", millis / 1_000.0);
    }
}
