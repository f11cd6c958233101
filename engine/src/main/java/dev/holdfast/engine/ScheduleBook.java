package dev.holdfast.engine;

import dev.holdfast.core.Cron;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Firings;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.StoredSchedule.Definition;
import dev.holdfast.engine.port.StoredSchedule.Standing;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what is asked of schedules: read, decide, write if it still is as it was read. Whoever finds that it has
 * fired or was changed meanwhile reads and decides again.
 */
final class ScheduleBook implements Schedules {
    private static final int LONGEST_NAME = Defaults.NAME_LIMIT - Fired.TAG.length();

    private final Desk desk;
    private final Ports ports;
    private final Starts starts;
    private final Door door;

    ScheduleBook(Desk desk, Starts starts, Door door) {
        this.desk = desk;
        this.ports = desk.ports();
        this.starts = starts;
        this.door = door;
    }

    /** Finds out what becomes of a schedule; null if it goes. */
    @FunctionalInterface
    private interface Next {
        @Nullable
        StoredSchedule of(@Nullable StoredSchedule present);
    }

    @Override
    public StoredSchedule put(Namespace namespace, String name, Definition definition, @Nullable String requestId) {
        if (name.length() > LONGEST_NAME) {
            throw new Refused("name_invalid", "the name of a schedule must have 1 to " + LONGEST_NAME + " characters");
        }
        Starts.name("name of the schedule", name);
        Definition sound = checked(namespace, definition);
        Request request = Asked.schedule(name, sound).by(namespace, requestId, "done");
        return present(namespace, name, change(namespace, name, request, old -> {
            if (old != null && old.definition().equals(sound)) return old;
            Instant next = old != null && old.standing().isPaused() ? null : next(sound);
            return new StoredSchedule(namespace, name, sound, standing(old, next));
        }));
    }

    private Definition checked(Namespace namespace, Definition asked) {
        var sound = new Definition(
                Cron.parse(asked.cron()).toString(),
                Firings.zone(asked.zone()).getId(),
                asked.missed(),
                asked.task(),
                asked.input(),
                asked.lane(),
                asked.ttl());
        // Whatever speaks against its first run is told now, and not at three in the morning.
        starts.check(Fired.wish(namespace, "schedule", sound, ports.ledger().now()));
        return sound;
    }

    private Instant next(Definition definition) {
        return Fired.firings(definition).after(ports.ledger().now());
    }

    /** From now on, with what it has done before. */
    private Standing standing(@Nullable StoredSchedule old, @Nullable Instant next) {
        UUID revision = ports.ids().next();
        if (old == null) return new Standing(revision, false, next, null, null);
        return new Standing(
                revision,
                next == null,
                next,
                old.standing().lastAt(),
                old.standing().lastRun());
    }

    @Override
    public StoredSchedule show(Namespace namespace, String name) {
        return ports.ledger().reads().schedule(namespace, name).orElseThrow(() -> unknown(name));
    }

    @Override
    public List<StoredSchedule> list(Namespace namespace, @Nullable String after, int limit) {
        return ports.ledger().reads().schedules(namespace, after, limit);
    }

    @Override
    public StoredSchedule pause(Namespace namespace, String name, @Nullable String requestId) {
        Request request = asked("pause", name).by(namespace, requestId, "done");
        return present(namespace, name, change(namespace, name, request, old -> {
            if (old == null || old.standing().isPaused()) return old;
            return new StoredSchedule(namespace, name, old.definition(), standing(old, null));
        }));
    }

    @Override
    public StoredSchedule resume(Namespace namespace, String name, @Nullable String requestId) {
        Request request = asked("resume", name).by(namespace, requestId, "done");
        return present(namespace, name, change(namespace, name, request, old -> {
            if (old == null || !old.standing().isPaused()) return old;
            return new StoredSchedule(namespace, name, old.definition(), standing(old, next(old.definition())));
        }));
    }

    @Override
    public void delete(Namespace namespace, String name, @Nullable String requestId) {
        change(namespace, name, asked("delete", name).by(namespace, requestId, "done"), old -> null);
    }

    private static Asked asked(String what, String name) {
        return new Asked("schedule").with("do", what).with("name", name);
    }

    private StoredSchedule present(Namespace namespace, String name, @Nullable StoredSchedule changed) {
        return changed == null ? show(namespace, name) : changed;
    }

    /** What has become of it; null if it is gone, or if this was a repetition, whose effect may be gone as well. */
    private @Nullable StoredSchedule change(
            Namespace namespace, String name, @Nullable Request request, Next decision) {
        door.demandServing();
        while (true) {
            StoredSchedule old =
                    ports.ledger().reads().schedule(namespace, name).orElse(null);
            StoredSchedule next = decision.of(old);
            if (request == null && old != null && old.equals(next)) return old;
            // One that is not there is only asked for to hear the answer to an earlier request of this id.
            boolean isNothing = old == null && next == null;
            if (isNothing && request == null) throw unknown(name);
            var seen = isNothing ? new StoredSchedule.Seen(ports.ids().next(), null) : old == null ? null : old.seen();
            switch (ports.ledger().change(new ScheduleChange(namespace, name, seen, next, request))) {
                case Receipt.Applied a -> {
                    if (next != null && next.standing().next() != null)
                        desk.comes(next.standing().next());
                    return next;
                }
                case Receipt.Repeated r -> {
                    return null;
                }
                case Receipt.Stale s -> {
                    if (isNothing) throw unknown(name);
                }
                case Receipt.Rejected r -> throw r.why();
                case Receipt.KeyHeld k -> throw new IllegalStateException("only a start takes a business key");
            }
        }
    }

    private static Refused unknown(String name) {
        return new Refused("schedule_unknown", "there is no schedule '" + name + "'; it may have been deleted");
    }
}
