package dev.holdfast.testkit.world;

import dev.holdfast.core.Cron;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Firings;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.StoredSchedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Each firing of a schedule that was due has one run, or is accounted for as its rule for missed ones says; none has two,
 * none comes early, and none is that of a definition that had been changed. What was acknowledged has become of it.
 */
final class FiringCheck {
    private static final String SCHEDULE = "schedule:";
    private static final String PLANNED = "scheduled:";

    private final List<String> found = new ArrayList<>();
    private final Map<String, StoredSchedule> present = new TreeMap<>();
    private final Map<String, Instant> written = new HashMap<>();
    private final Map<String, Instant> newest = new HashMap<>();
    private final Map<RunId, Event.Began> runs = new HashMap<>();
    private final Set<List<String>> planned = new HashSet<>();
    /** What each was since somebody has asked for something. */
    private final Map<String, List<Optional<StoredSchedule>>> was = new HashMap<>();

    private final Set<RunId> fired = new HashSet<>();

    private FiringCheck() {}

    static List<String> violations(List<Event> events) {
        var check = new FiringCheck();
        for (Event event : events) {
            switch (event) {
                case Event.Began began -> check.began(began);
                case Event.Scheduled written -> check.scheduled(written);
                case Event.Arranges asks -> check.since(asks.schedule());
                case Event.Arranged arranged -> check.arranged(arranged);
                case Event.Waited waited -> check.waited(waited.by());
                case Event.Over over -> check.over();
                default -> {}
            }
        }
        return check.found;
    }

    private void began(Event.Began began) {
        List<String> tags = began.run().origin().tags();
        if (tags.size() != 2 || !tags.getFirst().startsWith(SCHEDULE)) return;
        runs.put(began.run().id(), began);
        if (!planned.add(tags)) found.add(began.run().id() + ": a second run for " + tags);
    }

    private void scheduled(Event.Scheduled event) {
        var change = event.change();
        StoredSchedule before = present.get(change.name());
        StoredSchedule next = change.next();
        boolean asSeen = before == null ? change.seen() == null : before.seen().equals(change.seen());
        if (!asSeen) complain(event, "had become " + before + " when " + change.seen() + " was changed");
        boolean sameRevision = before != null
                && next != null
                && before.standing().revision().equals(next.standing().revision());
        if (event.fired() != null) fires(event, before, event.fired());
        else if (next != null && !sameRevision) declared(event, next);
        else if (next != null && !next.equals(before)) moved(event, before, next, null);
        if (next == null) present.remove(change.name());
        else present.put(change.name(), next);
        written.put(change.name(), event.at());
        was.computeIfAbsent(change.name(), n -> new ArrayList<>()).add(Optional.ofNullable(next));
    }

    private void since(String name) {
        was.put(name, new ArrayList<>(List.of(Optional.ofNullable(present.get(name)))));
    }

    /** Since it was asked for, it was so at some moment. */
    private void arranged(Event.Arranged event) {
        var seen = was.getOrDefault(event.schedule(), List.of());
        if (seen.stream().anyMatch(schedule -> isAsWished(schedule.orElse(null), event.wish()))) return;
        found.add("schedule " + event.schedule() + " at " + event.at() + ": " + event.wish()
                + " was acknowledged, and it was " + seen);
    }

    private static boolean isAsWished(@Nullable StoredSchedule schedule, Event.Wish wish) {
        if (schedule == null) return wish instanceof Event.Wish.Gone;
        return switch (wish) {
            case Event.Wish.Defined defined -> schedule.definition().equals(defined.definition());
            case Event.Wish.Paused paused -> schedule.standing().isPaused();
            case Event.Wish.Resumed resumed -> !schedule.standing().isPaused();
            case Event.Wish.Gone gone -> false;
        };
    }

    /** From now on: not one that has been, and the first that comes. */
    private void declared(Event.Scheduled event, StoredSchedule next) {
        Instant at = next.standing().next();
        if (next.standing().isPaused() != (at == null)) complain(event, "is paused, and to fire at " + at);
        if (at == null) return;
        Firings firings = firings(next);
        if (!isFiring(firings, at)) complain(event, "is to fire at " + at + ", which its expression does not name");
        if (at.isAfter(firings.after(event.at()))) complain(event, "is to fire at " + at + ", later than it says");
        Instant last = written.getOrDefault(event.change().name(), Instant.EPOCH);
        if (!at.isAfter(last)) complain(event, "is to fire at " + at + ", and was written at " + last);
    }

    private void fires(Event.Scheduled event, @Nullable StoredSchedule before, RunId run) {
        Event.Began began = runs.get(run);
        if (began == null || !fired.add(run)) {
            complain(event, "fires " + run + ", which is no run of it");
            return;
        }
        List<String> tags = began.run().origin().tags();
        Instant at = Instant.parse(tags.getLast().substring(PLANNED.length()));
        StoredSchedule next = event.change().next();
        if (before == null || next == null) {
            complain(event, "fires for " + at + " and is not there");
            return;
        }
        var definition = before.definition();
        boolean isOfIt = tags.getFirst().equals(SCHEDULE + before.name())
                && began.input().equals(definition.input())
                && began.run().origin().task().equals(definition.task())
                && definition.equals(next.definition());
        if (!isOfIt) complain(event, "fires for " + at + " with input " + began.input() + " and is " + definition);
        if (at.isAfter(event.at())) complain(event, "fires early, for " + at);
        Instant last = newest.put(before.name(), at);
        if (last != null && !at.isAfter(last)) complain(event, "fires for " + at + " after it has for " + last);
        moved(event, before, next, at);
    }

    /** @param fire the firing that has a run; null for none */
    private void moved(
            Event.Scheduled event, @Nullable StoredSchedule before, StoredSchedule next, @Nullable Instant fire) {
        Instant from = before == null ? null : before.standing().next();
        Instant to = next.standing().next();
        if (before == null || from == null || to == null) {
            complain(event, "goes on from " + from + " to " + to);
            return;
        }
        Firings firings = firings(before);
        boolean each = !from.isAfter(event.at()) && isFiring(firings, to);
        if (!each) complain(event, "goes on from " + from + " to " + to + ", which its expression does not name");
        boolean accounted = switch (before.definition().missed()) {
            case ALL -> from.equals(fire) && to.equals(firings.after(from));
            case LATEST -> fire != null && isNewest(event, firings, fire, to);
            case SKIP ->
                fire != null
                        ? isNewest(event, firings, fire, to)
                                && !fire.plus(Defaults.ON_TIME).isBefore(event.looked())
                        : to.isAfter(event.looked()) && isLate(event, to);
        };
        if (!accounted) {
            complain(
                    event,
                    "goes from " + from + " to " + to + " and fires for " + fire + ", at a look at " + event.looked()
                            + ", which is not " + before.definition().missed());
        }
    }

    private static boolean isNewest(Event.Scheduled event, Firings firings, Instant fire, Instant to) {
        return to.isAfter(event.looked()) && firings.after(fire).equals(to);
    }

    /** Whether nothing before this is on time. */
    private static boolean isLate(Event.Scheduled event, Instant to) {
        Firings firings = firings(Objects.requireNonNull(event.change().next()));
        Instant onTime = event.at().minus(Defaults.ON_TIME).minusMillis(1);
        return !firings.after(onTime).isBefore(to);
    }

    private void waited(Instant by) {
        for (StoredSchedule schedule : present.values()) {
            Instant next = schedule.standing().next();
            if (next != null && !next.isAfter(by)) {
                found.add("schedule " + schedule.name() + " is due since " + next + " and does not fire");
            }
        }
    }

    private void over() {
        runs.forEach((run, began) -> {
            if (!fired.contains(run)) found.add(run + ": no schedule has fired for it, and it says " + began.run());
        });
    }

    private static boolean isFiring(Firings firings, Instant at) {
        return firings.after(at.minusMillis(1)).equals(at);
    }

    private static Firings firings(StoredSchedule schedule) {
        var definition = schedule.definition();
        return new Firings(Cron.parse(definition.cron()), Firings.zone(definition.zone()));
    }

    private void complain(Event.Scheduled event, String what) {
        found.add("schedule " + event.change().name() + " at " + event.at() + ": it " + what);
    }
}
