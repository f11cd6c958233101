package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random expressions around every change of the clocks, against a walk over all minutes that knows nothing clever. */
class FiringsPropertyTest {
    private static final List<String> ZONES =
            List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo", "UTC");
    private static final int ROUNDS = 250;

    /** Fields as sets, from which the expression is written. */
    private record Times(NavigableSet<Integer> minutes, NavigableSet<Integer> hours, NavigableSet<Integer> weekdays) {
        static Times random(Random random) {
            return new Times(
                    random.nextInt(4) == 0 ? every(5 + random.nextInt(20), 60) : some(random, 60, 3),
                    random.nextInt(2) == 0 ? every(1 + random.nextInt(3), 24) : some(random, 5, 3),
                    random.nextInt(4) == 0 ? some(random, 7, 4) : every(1, 7));
        }

        private static NavigableSet<Integer> every(int step, int end) {
            var all = new TreeSet<Integer>();
            for (int i = 0; i < end; i += step) all.add(i);
            return all;
        }

        private static NavigableSet<Integer> some(Random random, int end, int most) {
            var all = new TreeSet<Integer>();
            for (int i = 0; i <= random.nextInt(most); i++) all.add(random.nextInt(end));
            return all;
        }

        boolean has(LocalDateTime time) {
            return minutes.contains(time.getMinute())
                    && hours.contains(time.getHour())
                    && weekdays.contains(time.getDayOfWeek().getValue() % 7);
        }

        @Override
        public String toString() {
            return text(minutes) + " " + text(hours) + " * * " + text(weekdays);
        }

        private static String text(NavigableSet<Integer> values) {
            return values.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
    }

    /** All firings from an instant to another, by looking at every minute of the clocks and of time. */
    private static NavigableSet<Instant> bruteForce(Times times, ZoneId zone, Instant from, Instant to) {
        var rules = zone.getRules();
        var all = new TreeSet<Instant>();
        LocalDateTime end = LocalDateTime.ofInstant(to.plus(1, ChronoUnit.DAYS), ZoneOffset.UTC);
        for (LocalDateTime time = LocalDateTime.ofInstant(from.minus(1, ChronoUnit.DAYS), ZoneOffset.UTC);
                time.isBefore(end);
                time = time.plusMinutes(1)) {
            if (!times.has(time)) continue;
            boolean everyHour = times.hours().size() == 24;
            var offsets = rules.getValidOffsets(time);
            if (offsets.isEmpty()) {
                var gap = rules.getTransition(time);
                all.add(everyHour ? time.toInstant(gap.getOffsetBefore()) : gap.getInstant());
            } else if (everyHour) {
                for (ZoneOffset offset : offsets) all.add(time.toInstant(offset));
            } else {
                all.add(time.toInstant(offsets.getFirst()));
            }
        }
        return all.subSet(from, true, to, true);
    }

    @Test
    void noFiringIsLostOrDoubledWhenTheClocksAreChanged() {
        Seeds.each(ROUNDS, seed -> {
            var random = new Random(seed);
            ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
            Times times = Times.random(random);
            Instant year = LocalDateTime.of(1990 + random.nextInt(60), 1 + random.nextInt(12), 1, 0, 0)
                    .toInstant(ZoneOffset.UTC);
            var change = zone.getRules().nextTransition(year);
            Instant middle = change == null ? year : change.getInstant();
            Instant from = middle.minus(1 + random.nextInt(2000), ChronoUnit.MINUTES);
            Instant to = middle.plus(3, ChronoUnit.DAYS);

            var firings = new Firings(Cron.parse(times.toString()), zone);
            var found = new ArrayList<Instant>();
            for (Instant at = firings.after(from.minusMillis(1)); !at.isAfter(to); at = firings.after(at)) {
                found.add(at);
            }
            assertThat(found)
                    .as("%s in %s from %s, change %s", times, zone, from, change)
                    .containsExactlyElementsOf(bruteForce(times, zone, from, to));
            // Asked at any instant, and not only at a firing.
            for (int i = 0; i < 20; i++) {
                Instant at = from.plusSeconds(random.nextInt(200_000));
                Instant next = firings.after(at);
                assertThat(found.stream().filter(f -> f.isAfter(at)).findFirst().orElse(next))
                        .as("%s in %s after %s", times, zone, at)
                        .isEqualTo(next);
            }
        });
    }
}
