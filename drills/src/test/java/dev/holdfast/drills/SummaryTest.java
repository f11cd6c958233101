package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.Timeline.Epoch;
import dev.holdfast.drills.Timeline.Life;
import dev.holdfast.drills.Timeline.Tick;
import dev.holdfast.drills.Timeline.Track;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void shows_lives_epochs_kills_and_the_verdict() {
        String page = new Summary(report(List.of()), look(Look.Signs.UNICODE, Look.Paint.NONE)).written();

        assertThat(page.lines().filter(l -> l.startsWith("  process")))
                .singleElement()
                .satisfies(line -> assertThat(line).matches("  process +┄+━+✗ *┄+━+✗ *┄+━+"));
        assertThat(page.lines().filter(l -> l.contains("run …")))
                .singleElement()
                .satisfies(line -> assertThat(line).matches("  run …kx2p7 +1■[■─□]+✗ +3■[■─□]+✗ +5■[■─]+●"));
        assertThat(page).contains(" HELD ").doesNotContain("VIOLATED");
    }

    @Test
    void says_what_was_violated() {
        String page = new Summary(report(List.of("run_1: it ended 2 times")), look(Look.Signs.UNICODE, Look.Paint.NONE))
                .written();

        assertThat(page)
                .contains(" VIOLATED   1 finding", "- run_1: it ended 2 times")
                .doesNotContain(" HELD ");
    }

    @Test
    void says_that_nothing_was_rewound() {
        var all = report(List.of());
        var work = new CrashFigures.Work(1, 105, 3, 0, 0, 2);
        var figures = (CrashFigures) all.figures();
        var calm = new CrashFigures(
                2, work, figures.starts(), figures.backMillis(), figures.resumedMillis(), figures.tookMillis());
        var report = Report.of("crash", 42, List.of(), calm, all.timeline());

        var look = look(Look.Signs.UNICODE, Look.Paint.NONE);
        String calmly = "no rewind happened: early watchers were not tested with half-sent text";
        assertThat(new Summary(report, look).written().lines()).anyMatch(l -> l.contains(calmly));
        assertThat(new Summary(all, look).written()).doesNotContain(calmly);
    }

    @Test
    void needs_no_more_than_ascii_and_no_colour() {
        String page = new Summary(report(List.of()), look(Look.Signs.ASCII, Look.Paint.NONE)).written();

        assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(page)).isTrue();
        assertThat(page).doesNotContain("\u001b");
    }

    @Test
    void fits_the_terminal() {
        for (int width : new int[] {60, 80, 100, 130}) {
            var look = new Look(width, Look.Signs.UNICODE, Look.Paint.NONE);
            assertThat(new Picture(report(List.of()).timeline(), look).drawn().lines())
                    .filteredOn(l -> !l.contains("kill -9"))
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
        }
    }

    private static Look look(Look.Signs signs, Look.Paint paint) {
        return new Look(100, signs, paint);
    }

    /** Two kills, at 4 s and at 8 s. */
    private static Report report(List<String> violations) {
        var lives = List.of(
                new Life(1, 0, 600L, 4_000L), new Life(2, 4_010, 4_600L, 8_000L), new Life(3, 8_010, 8_600L, null));
        var epochs = List.of(new Epoch(1, 700, 4_000), new Epoch(3, 4_650, 8_000), new Epoch(5, 8_650, 12_000));
        var ticks = IntStream.range(8, 120)
                .filter(t -> t % 40 < 39 && t % 40 > 6)
                .mapToObj(t -> new Tick(t * 100L, t != 38))
                .toList();
        var track = new Track("run_01kx2p7", epochs, ticks, 12_000L);
        var starts = LongStream.range(10, 1_190)
                .filter(t -> t % 400 > 60)
                .mapToObj(t -> t * 10)
                .toList();
        var timeline = new Timeline(0, 12_000, lives, List.of(track), starts);
        var figures = new CrashFigures(
                2,
                new CrashFigures.Work(1, 105, 3, 1, 1, 2),
                new CrashFigures.Starts(1_000, 12, 500),
                List.of(600L, 610L),
                List.of(720L, 750L),
                12_000);
        return Report.of("crash", 42, violations, figures, timeline);
    }
}
