package dev.holdfast.testkit.world;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Started;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Starts with one debounce key that follow each other are one run with the input of the last, which begins when there was
 * none for the quiet time; and each start that was acknowledged is one of them.
 */
final class BurstCheck {
    private final List<String> found = new ArrayList<>();
    /** Who waits, by task and key. */
    private final Map<List<String>, RunId> waiting = new HashMap<>();

    private final Map<RunId, Burst> bursts = new HashMap<>();
    /** In which run the start with this input went. */
    private final Map<String, RunId> inputs = new HashMap<>();

    /** @param last input of the newest start */
    private record Burst(List<String> key, String last, Instant due, boolean isOpen) {
        Burst closed() {
            return new Burst(key, last, due, false);
        }
    }

    private BurstCheck() {}

    /** @param events in which no two starts with a debounce key have the same input, which is also their request's name */
    static List<String> violations(List<Event> events) {
        var check = new BurstCheck();
        for (Event event : events) {
            switch (event) {
                case Event.Began began
                when began.run().place().debounce() != null -> check.began(began.run(), began.input());
                case Event.Postponed moved -> check.postponed(moved);
                case Event.Claimed claimed -> check.claimed(claimed);
                case Event.Ended ended -> check.over(ended.run().id());
                case Event.Told told -> check.told(told);
                default -> {}
            }
        }
        return check.found;
    }

    private void began(Run run, String input) {
        var key = List.of(run.origin().task(), String.valueOf(run.place().debounce()));
        RunId other = waiting.put(key, run.id());
        if (other != null) found.add(run.id() + ": it began with " + key + ", for which " + other + " waits");
        note(run, key, input);
    }

    /** Answers until when it waits now. */
    private Instant note(Run run, List<String> key, String input) {
        RunId before = inputs.put(input, run.id());
        if (before != null) found.add(run.id() + ": start " + input + " counts twice, before in " + before);
        Instant due = run.place().due();
        var burst = new Burst(key, input, due == null ? Instant.MIN : due, true);
        bursts.put(run.id(), burst);
        return burst.due();
    }

    private void postponed(Event.Postponed event) {
        Burst burst = bursts.get(event.run().id());
        if (burst == null || !burst.isOpen()) {
            found.add(event.run().id() + ": it was given " + event.input() + " when its burst was over");
            return;
        }
        Instant due = note(event.run(), burst.key(), event.input());
        if (!due.isAfter(event.decided())) {
            found.add(event.run().id() + ": start " + event.input() + " does not have it wait");
        }
    }

    private void claimed(Event.Claimed event) {
        Burst burst = bursts.get(event.run().id());
        if (burst == null) return;
        if (!event.input().equals(burst.last())) {
            found.add(
                    event.run().id() + ": it was begun with " + event.input() + ", the last start is " + burst.last());
        }
        if (event.at().isBefore(burst.due())) {
            found.add(event.run().id() + ": it was claimed at " + event.at() + ", quiet is " + burst.due());
        }
        over(event.run().id());
    }

    private void over(RunId run) {
        Burst burst = bursts.get(run);
        if (burst == null || !burst.isOpen()) return;
        bursts.put(run, burst.closed());
        waiting.remove(burst.key(), run);
    }

    private void told(Event.Told told) {
        if (!told.request().startsWith(Bursts.REQUEST)) return;
        String input = told.request().substring(Bursts.REQUEST.length());
        for (Started started : told.runs()) {
            RunId run = inputs.get(input);
            if (!started.id().equals(run)) {
                found.add(started.id() + ": start " + input + " was acknowledged for it, and is " + run);
            }
        }
    }
}
