package dev.holdfast.drills;

import java.util.ArrayList;
import java.util.List;

/** A report as a page for people: what was done, the picture, the figures, the verdict. */
final class Summary {
    private final Report report;
    private final Look look;

    Summary(Report report, Look look) {
        this.report = report;
        this.look = look;
    }

    String written() {
        var figures = report.figures();
        var page = new Page(look);
        var sizes = new ArrayList<>(List.of("seed " + report.seed()));
        sizes.addAll(figures.sizes());
        page.title(report.drill(), sizes);
        page.picture(figures.picture(report.timeline(), look));
        figures.tell(page);
        page.verdict(figures.promise(), report.violations(), report.evidence(), figures.kept());
        return page.written();
    }
}
