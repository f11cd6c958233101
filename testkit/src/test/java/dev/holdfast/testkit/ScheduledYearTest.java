package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Schedule;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** As a user would test what happens every night: a year passes, and the engine dies again and again. */
final class ScheduledYearTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Task<String, String> NIGHTLY = Task.named("nightly", String.class, String.class);

    /** For when each run was planned. A run may execute more than once; it is the same run. */
    private final Map<RunId, Instant> planned = new LinkedHashMap<>();

    private String nightly(Context ctx, String what) {
        Instant at = ctx.scheduledAt().orElseThrow();
        planned.put(ctx.runId(), at);
        return ctx.step("report", String.class, s -> what + " of " + at);
    }

    @Test
    void everyNightOfAYearHasItsRunWhateverDies() {
        Seeds.each(3, seed -> {
            planned.clear();
            var random = new Random(seed);
            try (var holdfast = TestHoldfast.host(NIGHTLY.handle(this::nightly))) {
                Instant begin = holdfast.now();
                var schedule = Schedule.named("night")
                        .cron("30 2 * * *")
                        .zone(BERLIN.getId())
                        .task(NIGHTLY, "a report");
                holdfast.schedule(schedule);
                for (int day = 0; day < 365; day++) {
                    if (random.nextInt(3) == 0) {
                        int countdown = random.nextInt(5);
                        var left = new int[] {countdown};
                        holdfast.crashAfter(write -> left[0]-- == 0);
                    }
                    if (random.nextInt(10) == 0) holdfast.settle();
                    holdfast.advance(Duration.ofHours(24));
                    // As at each boot: the same again changes nothing.
                    if (random.nextInt(10) == 0) declared(holdfast, schedule);
                }
                assertThat(planned.values()).containsExactlyElementsOf(nights(begin, holdfast.now()));
                assertThat(planned).hasSize(365);
            }
        });
    }

    /** Repeated when the engine dies in it. */
    private static void declared(TestHoldfast holdfast, Schedule schedule) {
        while (true) {
            try {
                holdfast.schedule(schedule);
                return;
            } catch (Unavailable e) {
                assertThat(e.indeterminate()).isTrue();
            }
        }
    }

    /** Half past two of each day; on the day on which there is none, when the clocks are put forward. */
    private static List<Instant> nights(Instant from, Instant to) {
        var all = new ArrayList<Instant>();
        for (LocalDate day = LocalDate.ofInstant(from, BERLIN); ; day = day.plusDays(1)) {
            var time = day.atTime(LocalTime.of(2, 30));
            var gap = BERLIN.getRules().getTransition(time);
            Instant at = gap != null && gap.isGap()
                    ? gap.getInstant()
                    : time.atZone(BERLIN).withEarlierOffsetAtOverlap().toInstant();
            if (at.isAfter(to)) return all;
            if (at.isAfter(from)) all.add(at);
        }
    }

    @Test
    void aScheduleFiresOnTheDotAndOnlyWhileItIsThere() {
        try (var holdfast = TestHoldfast.host(NIGHTLY.handle(this::nightly))) {
            holdfast.schedule(Schedule.named("often").cron("*/20 * * * * *").task(NIGHTLY, "x"));
            holdfast.advance(Duration.ofSeconds(65));
            assertThat(planned.values())
                    .extracting(Instant::toString)
                    .containsExactly("2026-01-01T00:00:20Z", "2026-01-01T00:00:40Z", "2026-01-01T00:01:00Z");
            holdfast.unschedule("often");
            holdfast.advance(Duration.ofHours(1));
            assertThat(planned).hasSize(3);
        }
    }

    @Test
    void whatIsFoundByLookingFiresToo() {
        try (var holdfast = TestHoldfast.host(NIGHTLY.handle(this::nightly))) {
            holdfast.loseHints();
            holdfast.schedule(Schedule.named("often").cron("*/20 * * * * *").task(NIGHTLY, "x"));
            holdfast.advance(Duration.ofSeconds(65));
            assertThat(planned).hasSize(3);
        }
    }
}
