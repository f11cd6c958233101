package dev.holdfast.testkit.memory;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.testkit.memory.MemoryDisk.Answer;
import dev.holdfast.testkit.memory.MemoryDisk.LaneName;
import dev.holdfast.testkit.memory.MemoryDisk.QueueKey;
import dev.holdfast.testkit.memory.MemoryDisk.RequestKey;
import java.time.Instant;
import java.util.Set;

/** Carries out a command to a queue. */
final class MemoryQueueChange {
    private final MemoryDisk disk;
    private final Guards guards;
    private final Instant now;
    private final QueueChange change;

    MemoryQueueChange(MemoryDisk disk, Guards guards, Instant now, QueueChange change) {
        this.disk = disk;
        this.guards = guards;
        this.now = now;
        this.change = change;
    }

    Receipt carryOut() {
        Request request = change.request();
        if (request != null) {
            var key = new RequestKey(guards.scope(request.namespace()), request.id());
            Answer first = disk.requests.get(key);
            if (first != null && !guards.expired(first.at(), now)) {
                return first.request().fingerprint().equals(request.fingerprint())
                        ? new Receipt.Repeated(first.answer())
                        : new Receipt.Rejected(new Refused(
                                "request_id_reused",
                                "request id '" + request.id()
                                        + "' was used for another request: use a new id for each request"));
            }
            disk.requests.put(key, new Answer(request, request.answer(), now));
        }
        var queue = new QueueKey(change.namespace(), change.queue());
        switch (change.what()) {
            case QueueChange.OfQueue what -> become(queue, what);
            case QueueChange.OfLane what -> put(disk.pausedLanes, new LaneName(queue, what.lane()), what.isPaused());
        }
        return new Receipt.Applied();
    }

    private void become(QueueKey queue, QueueChange.OfQueue what) {
        if (what.isPaused() != null) put(disk.pausedQueues, queue, what.isPaused());
        var next = what.over(guards.present(disk.settings.getOrDefault(queue, QueueSettings.NONE)));
        if (next.equals(QueueSettings.NONE)) disk.settings.remove(queue);
        else disk.settings.put(queue, next);
        if (next.rate() == null) disk.claims.remove(queue);
    }

    private static <T> void put(Set<T> set, T element, boolean isIn) {
        if (isIn) set.add(element);
        else set.remove(element);
    }
}
