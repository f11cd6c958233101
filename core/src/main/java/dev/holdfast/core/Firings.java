package dev.holdfast.core;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When a cron expression fires in a time zone. Instants are found between two changes of the zone's offset, where local
 * times and instants are the same in another notation; what happens at a change is said here and nowhere else:
 *
 * <ul>
 *   <li>An expression that names its hours ({@code 30 2 * * *}; {@code 0 8-18/2 * * *}) fires once for each local time. One
 *       that the clocks leave out fires when they have been put forward, together with any other that they leave out; one
 *       that they show twice fires the first time.
 *   <li>An expression of every hour ({@code 0 * * * *}; every 15 minutes) goes by the time that passes: it fires whenever
 *       the clocks show one of its times, also the second time; one that the clocks leave out fires as long after the
 *       change as it would have without it.
 * </ul>
 *
 * @param cron which local times
 * @param zone where
 */
public record Firings(Cron cron, ZoneId zone) {
    /** The days of all years come back after 400, and no expression that has any day is longer without one. */
    private static final Duration FAR = Duration.ofDays(146_097);
    /** Before the planned time, in the tag of a run that a schedule has started. */
    public static final String AT_TAG = "scheduled:";
    /** Two firings are a second apart at least. */
    private static final Duration SHORT = Duration.ofMillis(500);

    /** For when a run was planned, by its tags; empty if no schedule has started it. */
    public static Optional<Instant> plannedAt(List<String> tags) {
        return tags.stream()
                .filter(tag -> tag.startsWith(AT_TAG))
                .map(tag -> tag.substring(AT_TAG.length()))
                .flatMap(time -> instant(time).stream())
                .findFirst();
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            // Somebody else's tag.
            return Optional.empty();
        }
    }

    /** @throws Refused {@code zone_unknown} */
    public static ZoneId zone(String id) {
        try {
            return ZoneId.of(id);
        } catch (DateTimeException e) {
            throw new Refused(
                    "zone_unknown",
                    "'" + id + "' is not a time zone: write the name of one, such as UTC or Europe/Berlin");
        }
    }

    /** The first firing after this instant. */
    public Instant after(Instant instant) {
        ZoneRules rules = zone.getRules();
        Instant end = instant.plus(FAR);
        Instant from = instant;
        Instant after = instant;
        ZoneOffsetTransition before = rules.previousTransition(instant.plusNanos(1));
        while (from.isBefore(end)) {
            ZoneOffsetTransition next = rules.nextTransition(from);
            Instant until = next == null ? end : next.getInstant();
            Optional<Instant> found = between(after, until, before, rules.getOffset(from));
            if (found.isPresent()) return found.get();
            before = next;
            from = until;
            after = until.minusNanos(1);
        }
        throw new IllegalStateException("'" + cron + "' was let through and never fires");
    }

    /** The first firing after {@code after} and before {@code until}, between which the offset stays. */
    private Optional<Instant> between(
            Instant after, Instant until, @Nullable ZoneOffsetTransition before, ZoneOffset offset) {
        LocalDateTime first = second(after, offset);
        if (before != null && before.isOverlap() && !cron.isOfEveryHour()) {
            // What is shown again has been.
            LocalDateTime again = before.getDateTimeBefore();
            if (first.isBefore(again)) first = again;
        }
        var shown = cron.next(first, LocalDateTime.ofInstant(until, offset)).map(t -> t.toInstant(offset));
        Optional<Instant> leftOut = before != null && before.isGap() ? leftOut(after, before) : Optional.empty();
        return Stream.concat(shown.stream(), leftOut.stream()).min(Instant::compareTo);
    }

    /** The first full second after this instant. */
    private static LocalDateTime second(Instant after, ZoneOffset offset) {
        return LocalDateTime.ofInstant(after, offset).withNano(0).plusSeconds(1);
    }

    /** What a gap leaves out, when it fires nevertheless, if that is after {@code after}. */
    private Optional<Instant> leftOut(Instant after, ZoneOffsetTransition gap) {
        LocalDateTime begin = gap.getDateTimeBefore();
        LocalDateTime end = gap.getDateTimeAfter();
        if (!cron.isOfEveryHour()) {
            return cron.next(begin, end).map(t -> gap.getInstant()).filter(t -> t.isAfter(after));
        }
        LocalDateTime next = second(after, gap.getOffsetBefore());
        return cron.next(next.isBefore(begin) ? begin : next, end).map(t -> t.toInstant(gap.getOffsetBefore()));
    }

    /** The newest firing from {@code first}, which is one, to {@code now}. Found by halving: it may be a year of seconds. */
    private Instant newest(Instant first, Instant now) {
        Instant low = first.minusMillis(1);
        Instant high = now;
        while (Duration.between(low, high).compareTo(SHORT) > 0) {
            Instant middle = low.plus(Duration.between(low, high).dividedBy(2));
            if (after(middle).isAfter(now)) high = middle;
            else low = middle;
        }
        Instant newest = after(low);
        // Another version of the zone's rules may not know the first any more.
        return newest.isAfter(now) ? first : newest;
    }

    /**
     * What is to be done at a look.
     *
     * @param fire the firings that get a run, in order
     * @param next when to look again; it is not after now if there is more to fire at once
     */
    public record Due(List<Instant> fire, Instant next) {}

    /**
     * What is due.
     *
     * @param next the firing that was to come next
     * @param now not before it
     * @param most how many at once
     */
    public Due due(Instant next, Missed missed, Instant now, int most) {
        if (missed == Missed.ALL) {
            var fire = new ArrayList<Instant>();
            Instant at = next;
            for (; !at.isAfter(now) && fire.size() < most; at = after(at)) fire.add(at);
            return new Due(fire, at);
        }
        Instant newest = newest(next, now);
        boolean late = newest.plus(Defaults.ON_TIME).isBefore(now);
        return new Due(missed == Missed.SKIP && late ? List.of() : List.of(newest), after(now));
    }
}
