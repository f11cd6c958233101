package dev.holdfast.core;

import dev.holdfast.core.CronField.Kind;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A cron expression: which local times it names. Five fields as UNIX has them (minute, hour, day of the month, month, day
 * of the week), or six, of which the first is the second. It knows nothing of time zones: see {@link Firings}.
 *
 * <p>If both the day of the month and the day of the week are given, either of them is enough; as everywhere, a field that
 * begins with a star is not "given", and then both must fit.
 */
public final class Cron {
    private static final Map<String, String> WORDS = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    private static final int LONGEST = 200;
    /** The days of all years come back after 400. */
    private static final int YEARS = 400;

    private final String text;
    private final Clock clock;
    private final Days days;

    private record Clock(CronField second, CronField minute, CronField hour) {}

    private record Days(CronField day, CronField month, CronField weekday) {
        boolean has(LocalDate date) {
            boolean inMonth = day.has(date.getDayOfMonth());
            boolean inWeek = weekday.has(date.getDayOfWeek().getValue() % 7);
            boolean either = !day.isOpen() && !weekday.isOpen();
            return either ? inMonth || inWeek : inMonth && inWeek;
        }
    }

    private Cron(String text, Clock clock, Days days) {
        this.text = text;
        this.clock = clock;
        this.days = days;
    }

    /**
     * Reads an expression.
     *
     * @throws Refused {@code cron_invalid}: which field, what is wrong with it, what can be written
     */
    public static Cron parse(String text) {
        String trimmed = text.strip();
        if (trimmed.length() > LONGEST) {
            throw new Refused(
                    "cron_invalid",
                    "the cron expression has " + trimmed.length() + " characters, the limit is " + LONGEST);
        }
        String[] fields =
                WORDS.getOrDefault(trimmed.toLowerCase(Locale.ROOT), trimmed).split("\\s+", -1);
        if (trimmed.startsWith("@") && fields.length == 1) {
            throw new Refused(
                    "cron_invalid",
                    "'" + trimmed + "' is no cron expression: of those that are words there are "
                            + String.join(", ", new TreeSet<>(WORDS.keySet())));
        }
        if (fields.length != 5 && fields.length != 6) {
            throw new Refused(
                    "cron_invalid",
                    "the cron expression '" + trimmed + "' has " + (trimmed.isEmpty() ? 0 : fields.length)
                            + " fields: write minute, hour, day of the month, month, day of the week, such as"
                            + " '30 3 * * *'; a second may stand before them");
        }
        int at = fields.length - 5;
        var second = CronField.parse(Kind.SECOND, at == 0 ? "0" : fields[0]);
        var clock =
                new Clock(second, CronField.parse(Kind.MINUTE, fields[at]), CronField.parse(Kind.HOUR, fields[at + 1]));
        var days = new Days(
                CronField.parse(Kind.DAY, fields[at + 2]),
                CronField.parse(Kind.MONTH, fields[at + 3]),
                CronField.parse(Kind.WEEKDAY, fields[at + 4]));
        var cron = new Cron(String.join(" ", trimmed.split("\\s+", -1)), clock, days);
        if (cron.next(LocalDateTime.of(2000, 1, 1, 0, 0), LocalDateTime.of(2000 + YEARS, 1, 1, 0, 0))
                .isEmpty()) {
            throw new Refused(
                    "cron_invalid",
                    "the cron expression '" + trimmed + "' names no day that there is: such as the 30th of February");
        }
        return cron;
    }

    /** Whether it fires in every hour of its days: then it goes by the time that passes, and not by the hour's name. */
    boolean isOfEveryHour() {
        return clock.hour.isFull(Kind.HOUR);
    }

    /**
     * The first local time that it names.
     *
     * @param from from here on
     * @param until before here
     */
    Optional<LocalDateTime> next(LocalDateTime from, LocalDateTime until) {
        // Nothing that is named is between two seconds.
        LocalDateTime second = from.truncatedTo(ChronoUnit.SECONDS);
        LocalDateTime start = second.equals(from) ? from : second.plusSeconds(1);
        LocalDate date = start.toLocalDate();
        LocalTime time = start.toLocalTime();
        while (date.atTime(time).isBefore(until)) {
            if (!days.month.has(date.getMonthValue())) {
                date = date.plusMonths(1).withDayOfMonth(1);
            } else {
                Optional<LocalTime> found = days.has(date) ? time(time) : Optional.empty();
                if (found.isPresent()) {
                    return found.map(date::atTime).filter(t -> t.isBefore(until));
                }
                date = date.plusDays(1);
            }
            time = LocalTime.MIDNIGHT;
        }
        return Optional.empty();
    }

    /** The first time of a day from this one on. */
    private Optional<LocalTime> time(LocalTime from) {
        int hour = clock.hour.from(from.getHour());
        if (hour == from.getHour()) {
            int minute = clock.minute.from(from.getMinute());
            if (minute == from.getMinute()) {
                int second = clock.second.from(from.getSecond());
                if (second >= 0) return Optional.of(LocalTime.of(hour, minute, second));
                minute = clock.minute.from(minute + 1);
            }
            if (minute >= 0) return Optional.of(LocalTime.of(hour, minute, clock.second.first()));
            hour = clock.hour.from(hour + 1);
        }
        if (hour < 0) return Optional.empty();
        return Optional.of(LocalTime.of(hour, clock.minute.first(), clock.second.first()));
    }

    /** As it was written, with single spaces. */
    @Override
    public String toString() {
        return text;
    }
}
