package dev.holdfast.testkit.memory;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.Upcoming;
import dev.holdfast.testkit.memory.MemoryDisk.Answer;
import dev.holdfast.testkit.memory.MemoryDisk.RequestKey;
import dev.holdfast.testkit.memory.MemoryDisk.ScheduleKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Schedules, under the disk's lock. */
final class MemorySchedules {
    private static final Comparator<Upcoming> ORDER = Comparator.comparing(Upcoming::at)
            .thenComparing(u -> u.namespace().name())
            .thenComparing(Upcoming::name);

    private final MemoryDisk disk;
    private final Guards guards;

    MemorySchedules(MemoryDisk disk, Guards guards) {
        this.disk = disk;
        this.guards = guards;
    }

    Receipt carryOut(ScheduleChange change, Instant now) {
        Request request = change.request();
        var key = request == null ? null : new RequestKey(guards.scope(request.namespace()), request.id());
        if (request != null && key != null) {
            Answer first = disk.requests.get(key);
            if (first != null && !guards.expired(first.at(), now)) {
                return first.request().fingerprint().equals(request.fingerprint())
                        ? new Receipt.Repeated(first.answer())
                        : new Receipt.Rejected(new Refused(
                                "request_id_reused",
                                "request id '" + request.id()
                                        + "' was used for another request: use a new id for each request"));
            }
        }
        if (!isAsSeen(change)) return new Receipt.Stale();
        write(change);
        if (request != null && key != null) disk.requests.put(key, new Answer(request, request.answer(), now));
        return new Receipt.Applied();
    }

    boolean isAsSeen(ScheduleChange change) {
        StoredSchedule present = disk.schedules.get(key(change));
        return guards.isAsSeen(present == null ? null : present.seen(), change.seen());
    }

    void write(ScheduleChange change) {
        StoredSchedule next = change.next();
        if (next == null) disk.schedules.remove(key(change));
        else disk.schedules.put(key(change), next);
    }

    private static ScheduleKey key(ScheduleChange change) {
        return new ScheduleKey(change.namespace().name(), change.name());
    }

    @Nullable
    StoredSchedule one(Namespace namespace, String name) {
        return disk.schedules.get(new ScheduleKey(namespace.name(), name));
    }

    List<StoredSchedule> page(Namespace namespace, @Nullable String after, int limit) {
        return disk
                .schedules
                .tailMap(new ScheduleKey(namespace.name(), after == null ? "" : after), false)
                .values()
                .stream()
                .filter(s -> s.namespace().equals(namespace))
                .limit(limit)
                .toList();
    }

    List<Upcoming> upcoming(Collection<String> tasks, @Nullable Upcoming after, int limit) {
        return disk.schedules.values().stream()
                .filter(s -> tasks.contains(s.definition().task()))
                .map(s -> s.standing().next() == null
                        ? null
                        : new Upcoming(s.standing().next(), s.namespace(), s.name()))
                .filter(Objects::nonNull)
                .filter(u -> after == null || ORDER.compare(u, after) > 0)
                .sorted(ORDER)
                .limit(limit)
                .toList();
    }
}
