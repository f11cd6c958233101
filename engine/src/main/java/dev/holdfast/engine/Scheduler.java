package dev.holdfast.engine;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Firings;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.Upcoming;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fires schedules. A firing is one change: the run, and the schedule's next firing, if the schedule still is as it was
 * read. So whatever dies and whoever else looks, no firing is lost or doubled: either both are written, or the schedule
 * is still due.
 *
 * <p>A schedule whose task is not hosted here is left alone. It stays due: whoever has the code, here after the next boot
 * or elsewhere, meets it, and takes what has passed as missed.
 */
final class Scheduler {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final int PAGE = 64;
    /** Characters of inputs that are written at once for firings that were missed. */
    private static final int INPUTS_AT_ONCE = 16_000_000;

    private final Desk desk;
    private final Starts starts;
    private final Set<String> tasks;
    /** Of which firing the trouble was told. */
    private final Map<Upcoming, String> told = new HashMap<>();

    Scheduler(Desk desk, Starts starts, Set<String> tasks) {
        this.desk = desk;
        this.starts = starts;
        this.tasks = Set.copyOf(tasks);
    }

    /** Fires what is due. Answers when the next one is due; null if none is, as far as can be known. */
    @Nullable
    Instant look() {
        Instant now = desk.ports().ledger().now();
        Instant soonest = null;
        Upcoming after = null;
        while (true) {
            List<Upcoming> page = desk.ports().ledger().reads().upcoming(tasks, after, PAGE);
            for (Upcoming firing : page) {
                if (firing.at().isAfter(now)) return earlier(soonest, firing.at());
                soonest = earlier(soonest, fireAlone(firing, now));
            }
            if (page.size() < PAGE) return soonest;
            after = page.getLast();
        }
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) return one == null ? other : one;
        return one.isBefore(other) ? one : other;
    }

    /** What is wrong with one schedule does not keep the others waiting. It stays due, until it is changed. */
    private @Nullable Instant fireAlone(Upcoming firing, Instant now) {
        try {
            Instant next = fire(firing, now);
            told.remove(firing);
            return next;
        } catch (Refused e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(told.put(firing, why))) {
                LOG.warn("schedule {} is due since {} and cannot fire: {}", firing.name(), firing.at(), why);
            }
            return null;
        }
    }

    /** When it is due again; null if that is not known. */
    private @Nullable Instant fire(Upcoming firing, Instant now) {
        var ports = desk.ports();
        StoredSchedule read = ports.ledger()
                .reads()
                .schedule(firing.namespace(), firing.name())
                .orElse(null);
        Instant at = read == null ? null : read.standing().next();
        if (read == null || at == null || at.isAfter(now)) return at;
        var definition = read.definition();
        int most = Math.clamp(INPUTS_AT_ONCE / (definition.input().length() + 1), 1, Defaults.FIRINGS_AT_ONCE);
        Firings.Due due = Fired.firings(definition).due(at, definition.missed(), now, most);
        if (due.fire().isEmpty()) {
            boolean moved = ports.ledger().change(moving(read, read.passed(due.next()))) instanceof Receipt.Applied;
            return moved ? due.next() : at;
        }
        List<Change> changes = changes(read, due);
        List<Receipt> receipts = ports.ledger().commit(changes);
        for (int i = 0; i < changes.size(); i++) {
            switch (receipts.get(i)) {
                case Receipt.Applied a -> {
                    desk.meters().started();
                    desk.announce(changes.get(i));
                }
                case Receipt.Rejected r -> throw r.why();
                default -> {
                    // Somebody was quicker: with this firing, or with a change of the schedule.
                    return at;
                }
            }
        }
        return due.next();
    }

    /** Each begins where the one before it has ended. */
    private List<Change> changes(StoredSchedule read, Firings.Due due) {
        var changes = new ArrayList<Change>();
        StoredSchedule before = read;
        for (int i = 0; i < due.fire().size(); i++) {
            Instant at = due.fire().get(i);
            Instant next = i + 1 < due.fire().size() ? due.fire().get(i + 1) : due.next();
            var run = starts.newRun();
            StoredSchedule after = before.fired(at, run, next);
            changes.add(starts.fired(run, read, at, moving(before, after)));
            before = after;
        }
        return changes;
    }

    private static ScheduleChange moving(StoredSchedule from, StoredSchedule to) {
        return new ScheduleChange(from.namespace(), from.name(), from.seen(), to, null);
    }
}
