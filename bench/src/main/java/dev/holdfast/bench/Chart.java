package dev.holdfast.bench;

import java.util.List;
import java.util.Locale;

/** Throughputs as bars, the floor in another colour: SVG that looks well on a dark page and on a white one. */
final class Chart {
    private static final int LABEL = 250;
    /** At least: of the widest letters. */
    private static final int LETTER = 8;
    /** The longest bar, and the number behind it. */
    private static final int BAR = 420;

    private static final int NUMBER = 90;
    private static final int ROW = 30;
    private static final String TEXT = "#7d8590";
    static final String OURS = "#2f81f7";
    static final String FLOOR = "#9aa4af";

    private Chart() {}

    static String drawn(Sheet sheet) {
        List<Line> lines = List.of(
                        NoopRuns.FLOOR,
                        NoopRuns.runs(NoopRuns.IN_FLIGHT),
                        NoopRuns.FLOOR_AT_BATCH,
                        NoopRuns.runs(NoopRuns.CLIENTS),
                        StepRuns.RUNS,
                        Fanouts.CHILDREN)
                .stream()
                .filter(line -> !Double.isNaN(sheet.median(line)))
                .toList();
        return bars(
                "Runs per second on one node, and the floor",
                "runs per second (grey: the floor)",
                lines.stream()
                        .map(line -> new Bar(label(line), sheet.median(line), isFloor(line) ? FLOOR : OURS))
                        .toList());
    }

    private static boolean isFloor(Line line) {
        return line.equals(NoopRuns.FLOOR) || line.equals(NoopRuns.FLOOR_AT_BATCH);
    }

    /** @param value NaN if it was not measured: then there is no bar */
    record Bar(String label, double value, String colour) {}

    static String bars(String title, String caption, List<Bar> all) {
        List<Bar> bars = all.stream().filter(bar -> !Double.isNaN(bar.value())).toList();
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        int longest = bars.stream().mapToInt(bar -> bar.label().length()).max().orElse(0);
        int begin = Math.max(LABEL, LETTER * longest);
        int width = begin + BAR + NUMBER;
        int height = ROW * bars.size() + 44;
        var svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"%s\" role=\"img\">\n",
                width,
                height,
                width,
                height,
                TEXT));
        svg.append("  <title>").append(title).append("</title>\n");
        svg.append("  <text x=\"0\" y=\"18\" font-weight=\"600\">")
                .append(caption)
                .append("</text>\n");
        int y = 32;
        for (Bar bar : bars) {
            int length = Math.max(1, (int) Math.round(BAR * bar.value() / most));
            svg.append(String.format(Locale.ROOT, "  <text x=\"0\" y=\"%d\">%s</text>\n", y + 15, bar.label()));
            svg.append(String.format(
                    Locale.ROOT,
                    "  <rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"20\" rx=\"2\" fill=\"%s\"/>\n",
                    begin,
                    y,
                    length,
                    bar.colour()));
            svg.append(String.format(
                    Locale.ROOT, "  <text x=\"%d\" y=\"%d\">%,.0f</text>\n", begin + length + 8, y + 15, bar.value()));
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private static String label(Line line) {
        return line.equals(Fanouts.CHILDREN) ? "children of fan-outs of " + Work.CHILDREN : line.load();
    }
}
