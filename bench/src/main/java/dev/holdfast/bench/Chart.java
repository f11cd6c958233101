package dev.holdfast.bench;

import java.util.List;
import java.util.Locale;

/** Throughputs as bars, the floor in another colour: SVG that looks well on a dark page and on a white one. */
final class Chart {
    private static final int WIDTH = 760;
    private static final int LABEL = 250;
    private static final int ROOM = WIDTH - LABEL - 90;
    private static final int ROW = 30;
    private static final String TEXT = "#7d8590";
    private static final String OURS = "#2f81f7";
    private static final String FLOOR = "#9aa4af";

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
        double most = lines.stream().mapToDouble(sheet::median).max().orElse(1);
        int height = ROW * lines.size() + 44;
        var svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"%s\" role=\"img\">\n",
                WIDTH,
                height,
                WIDTH,
                height,
                TEXT));
        svg.append("  <title>Runs per second on one node, and the floor</title>\n");
        svg.append("  <text x=\"0\" y=\"18\" font-weight=\"600\">runs per second (grey: the floor)</text>\n");
        int y = 32;
        for (Line line : lines) {
            double value = sheet.median(line);
            boolean floor = line.equals(NoopRuns.FLOOR) || line.equals(NoopRuns.FLOOR_AT_BATCH);
            int width = Math.max(1, (int) Math.round(ROOM * value / most));
            svg.append(String.format(Locale.ROOT, "  <text x=\"0\" y=\"%d\">%s</text>\n", y + 15, label(line)));
            svg.append(String.format(
                    Locale.ROOT,
                    "  <rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"20\" rx=\"2\" fill=\"%s\"/>\n",
                    LABEL,
                    y,
                    width,
                    floor ? FLOOR : OURS));
            svg.append(String.format(
                    Locale.ROOT, "  <text x=\"%d\" y=\"%d\">%,.0f</text>\n", LABEL + width + 8, y + 15, value));
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private static String label(Line line) {
        return line.equals(Fanouts.CHILDREN) ? "children of fan-outs of " + Work.CHILDREN : line.load();
    }
}
