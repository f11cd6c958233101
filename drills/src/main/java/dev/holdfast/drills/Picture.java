package dev.holdfast.drills;

import dev.holdfast.drills.Look.Tone;
import dev.holdfast.drills.Timeline.Epoch;
import dev.holdfast.drills.Timeline.Life;
import dev.holdfast.drills.Timeline.Mark;
import dev.holdfast.drills.Timeline.Tick;
import dev.holdfast.drills.Timeline.Track;
import java.util.List;
import java.util.stream.Stream;

/**
 * Draws a timeline: time from left to right, a line for the process or for each node, one for each run with its epochs as
 * blocks, and one for the starts that clients were acknowledged.
 */
final class Picture {
    private static final int LABEL = 12;
    private static final int WIDEST = 120;
    private static final int NARROWEST = 24;
    private static final List<Integer> STEPS = List.of(500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 300_000);
    private static final int LABEL_SPACE = 8;

    private static final String ALONE = "process";
    private static final String ID = "run_";

    private final Timeline timeline;
    private final Look look;
    private final String begins;
    private final String struck;
    private final int width;

    /** Of one process after the other. */
    Picture(Timeline timeline, Look look) {
        this(timeline, look, "epoch begins", "kill -9");
    }

    /**
     * @param begins what the sign means with which an epoch begins
     * @param struck what was done to processes
     */
    Picture(Timeline timeline, Look look, String begins, String struck) {
        this.timeline = timeline;
        this.look = look;
        this.begins = begins;
        this.struck = struck;
        this.width = Math.clamp(look.width() - LABEL - 3L, NARROWEST, WIDEST);
    }

    String drawn() {
        var picture = new StringBuilder();
        line(picture, "", axis());
        for (String name : names()) line(picture, name, process(name));
        for (Track track : timeline.tracks()) line(picture, label(track.run()), run(track));
        if (!timeline.starts().isEmpty()) line(picture, "starts", starts());
        picture.append('\n').append(legend());
        return picture.toString();
    }

    private void line(StringBuilder picture, String label, Row row) {
        picture.append("  ")
                .append(look.paint(label + " ".repeat(LABEL - label.length()), Tone.STRONG))
                .append(row.painted(look))
                .append('\n');
    }

    private List<String> names() {
        return timeline.lives().stream().map(Life::name).distinct().toList();
    }

    /** The end of an id is what tells runs apart that were started at once. */
    private String label(String run) {
        if (!run.startsWith(ID)) return run;
        String dots = look.signs().isUnicode() ? "…" : "..";
        return "run " + dots + run.substring(Math.max(0, run.length() - 5));
    }

    private int column(long at) {
        long span = Math.max(1, timeline.to() - timeline.from());
        return Math.clamp((at - timeline.from()) * (width - 1L) / span, 0, width - 1);
    }

    private Row axis() {
        var row = new Row(width);
        long span = timeline.to() - timeline.from();
        int step = STEPS.stream()
                .filter(s -> (long) s * width / Math.max(1, span) >= LABEL_SPACE)
                .findFirst()
                .orElse(STEPS.getLast());
        for (long at = 0; at <= span; at += step) {
            String label = step < 1_000 ? "%.1f s".formatted(at / 1_000.0) : at / 1_000 + " s";
            int column = column(timeline.from() + at);
            if (column + label.length() <= width) row.put(column, label, Tone.FAINT);
        }
        return row;
    }

    private Row process(String name) {
        var row = new Row(width);
        for (Life life : timeline.lives()) {
            if (!life.name().equals(name)) continue;
            Long killed = life.killed();
            Long ready = life.ready();
            int end = killed == null ? width : column(killed);
            row.fill(column(life.started()), end, look.signs().coming(), Tone.FAINT);
            if (ready != null) row.fill(column(ready), end, look.signs().serving(), Tone.GOOD);
        }
        strikes().filter(s -> s.name().equals(name)).forEach(s -> strike(row, s));
        return row;
    }

    /** Whatever was done to whom. */
    private Stream<Mark> strikes() {
        var kills = timeline.lives().stream()
                .flatMap(life -> Stream.ofNullable(life.killed()).map(killed -> new Mark(killed, life.name())));
        return Stream.concat(kills, timeline.marks().stream());
    }

    private void strike(Row row, Mark mark) {
        row.put(column(mark.at()), look.signs().kill(), Tone.KILL);
    }

    private Row run(Track track) {
        var row = new Row(width);
        int count = 0;
        for (Epoch epoch : track.epochs()) {
            Tone tone = count++ % 2 == 0 ? Tone.EVEN_EPOCH : Tone.ODD_EPOCH;
            int from = column(epoch.from());
            row.fill(from, column(epoch.to()) + 1, look.signs().held(), tone);
            for (Tick tick : track.ticks()) {
                if (tick.at() >= epoch.from() && tick.at() <= epoch.to() && tick.stands()) {
                    row.put(column(tick.at()), look.signs().step(), tone);
                }
            }
            row.put(from, epoch.mark(), Tone.STRONG);
        }
        for (Tick tick : track.ticks()) {
            if (!tick.stands())
                row.put(besideKill(column(tick.at())), look.signs().taken(), Tone.TAKEN);
        }
        strikes().filter(s -> track.epochs().stream().anyMatch(e -> hit(e, s))).forEach(s -> strike(row, s));
        Long finished = track.finished();
        if (finished != null) row.put(column(finished), look.signs().end(), Tone.GOOD);
        return row;
    }

    private static boolean hit(Epoch epoch, Mark strike) {
        boolean its = strike.name().equals(ALONE) || strike.name().equals(epoch.mark());
        return its && epoch.from() <= strike.at() && epoch.to() >= strike.at();
    }

    /** What is taken back was sent just before a kill, whose mark would cover it. */
    private int besideKill(int column) {
        boolean covered = timeline.lives().stream().map(Life::killed).anyMatch(k -> k != null && column(k) == column);
        return covered ? column - 1 : column;
    }

    private Row starts() {
        var row = new Row(width);
        int[] counts = new int[width];
        for (long start : timeline.starts()) counts[column(start)]++;
        int most = 1;
        for (int count : counts) most = Math.max(most, count);
        String heights = look.signs().heights();
        for (int i = 0; i < width; i++) {
            if (counts[i] > 0) {
                int height = Math.min(heights.length() - 1, counts[i] * heights.length() / (most + 1));
                row.put(i, heights.charAt(height), Tone.FAINT);
            }
        }
        return row;
    }

    private String sign() {
        return timeline.tracks().stream()
                .flatMap(t -> t.epochs().stream())
                .map(Epoch::mark)
                .reduce((a, b) -> b)
                .orElse("3");
    }

    private String legend() {
        var signs = look.signs();
        String sep = "   ";
        return "  " + " ".repeat(LABEL)
                + look.paint(signs.kill() + " " + struck, Tone.KILL) + sep
                + look.paint(sign(), Tone.STRONG) + " " + begins + sep
                + look.paint(Character.toString(signs.step()), Tone.EVEN_EPOCH) + " step recorded" + sep
                + look.paint(Character.toString(signs.taken()), Tone.TAKEN) + " rewound" + sep
                + look.paint(Character.toString(signs.end()), Tone.GOOD) + " end\n";
    }
}
