package dev.holdfast.testkit.memory;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Discarded;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.Tick;
import dev.holdfast.testkit.memory.MemoryDisk.QueueKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every call is a transaction of its own under the disk's lock. */
final class MemoryLedger implements Ledger {
    private final MemoryDisk disk;
    private final Clock clock;
    private final Ids ids;
    private final Guards guards;
    private final Reads reads;
    private final Map<Integer, Long> batchSizes = new TreeMap<>();
    private long batches;
    private long changes;
    private long stale;
    private boolean closed;

    MemoryLedger(MemoryDisk disk, Clock clock, Ids ids, Guards guards) {
        this.disk = disk;
        this.clock = clock;
        this.ids = ids;
        this.guards = guards;
        this.reads = new MemoryReads(disk, guards, this::now);
    }

    @Override
    public List<Receipt> commit(List<Change> together) {
        return open(() -> {
            Instant now = now();
            var receipts = new ArrayList<Receipt>();
            for (Change change : together) receipts.add(new MemoryChange(disk, guards, now, change).carryOut());
            batches++;
            changes += receipts.size();
            stale += receipts.stream().filter(r -> r instanceof Receipt.Stale).count();
            batchSizes.merge(together.size(), 1L, Long::sum);
            return receipts;
        });
    }

    @Override
    public List<Claimed> claim(Supplier<Claim> wish) {
        return open(() -> {
            Claim claim = wish.get();
            List<Claimed> given = new MemoryClaim(disk, guards, claim, ids, now()).carryOut();
            claim.told().accept(given);
            return given;
        });
    }

    @Override
    public Receipt change(QueueChange change) {
        return open(() -> new MemoryQueueChange(disk, guards, now(), change).carryOut());
    }

    @Override
    public Receipt change(ScheduleChange change) {
        return open(() -> new MemorySchedules(disk, guards).carryOut(change, now()));
    }

    @Override
    public List<Run> lingering(Holder node, int limit) {
        return runs(limit, run -> {
            Holder lingers = run.place().lingers();
            return lingers != null && (lingers.equals(node) || guards.isGone(disk, lingers));
        });
    }

    private List<Run> runs(int limit, Predicate<Run> which) {
        return open(() ->
                some(limit, s -> which.test(s.run)).stream().map(s -> s.run).toList());
    }

    private Stored stored(RunId id) {
        Stored stored = disk.runs.get(id);
        if (stored == null) throw new IllegalStateException(id + " is queued and not there");
        return stored;
    }

    @Override
    public Tick tick(Holder node, int limit) {
        return open(() -> {
            Instant now = now();
            var due = some(limit, s -> isDelayed(s) && !due(s).isAfter(now));
            for (Stored stored : due) {
                Stored next = stored.copy();
                next.claimable = true;
                disk.put(next.run.id(), next);
            }
            Predicate<Stored> ours =
                    s -> !s.run.isHeld() || node.equals(s.run.fence().holder());
            var deadlines =
                    some(limit, ours.and(s -> s.run.times().deadlines().due(now).isPresent()));
            var inboxes = some(limit, ours.and(s -> !s.inbox.isEmpty()));
            boolean more = due.size() == limit || deadlines.size() == limit || inboxes.size() == limit;
            boolean lingers =
                    disk.runs.values().stream().anyMatch(s -> s.run.place().lingers() != null);
            return new Tick(
                    ids(deadlines), ids(inboxes), due.size(), opened(now), lingers, firing(), more ? now : next(now));
        });
    }

    private @Nullable Instant firing() {
        return disk.schedules.values().stream()
                .map(s -> s.standing().next())
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
    }

    private @Nullable Instant next(Instant now) {
        var ofRuns = disk.runs.values().stream()
                .flatMap(s -> isDelayed(s) ? Stream.concat(Stream.of(due(s)), deadlines(s)) : deadlines(s));
        return Stream.concat(ofRuns, disk.settings.keySet().stream().flatMap(key -> opens(key).stream()))
                .filter(at -> at.isAfter(now))
                .min(Instant::compareTo)
                .orElse(null);
    }

    /** When a queue whose rate was used up gives the next run; empty if it has no rate, or never had too many. */
    private Optional<Instant> opens(QueueKey key) {
        var settings = disk.settings.getOrDefault(key, QueueSettings.NONE);
        if (settings.rate() == null) return Optional.empty();
        return Optional.ofNullable(new MemoryLanes(disk, guards).opens(key, settings.rate()));
    }

    /** Whether something waits in a queue that has a rate, and the rate has room for it. */
    private boolean opened(Instant now) {
        return disk.queue.stream().map(w -> QueueKey.of(stored(w.id()).run)).anyMatch(key -> {
            boolean rated = disk.settings.getOrDefault(key, QueueSettings.NONE).rate() != null;
            return rated
                    && !disk.pausedQueues.contains(key)
                    && opens(key).filter(now::isBefore).isEmpty();
        });
    }

    private static Stream<Instant> deadlines(Stored stored) {
        return stored.run.times().deadlines().byName().values().stream();
    }

    /** Whether it waits for its time, outside the claim index. */
    private static boolean isDelayed(Stored stored) {
        return stored.run.state() == RunState.QUEUED && !stored.claimable;
    }

    private static Instant due(Stored stored) {
        Instant due = stored.run.place().due();
        return due == null ? Instant.EPOCH : due;
    }

    private List<Stored> some(int limit, Predicate<Stored> which) {
        return disk.runs.values().stream().filter(which).limit(limit).toList();
    }

    private static List<RunId> ids(List<Stored> found) {
        return found.stream().map(s -> s.run.id()).toList();
    }

    @Override
    public List<Run> orphans(Holder node, int limit) {
        return runs(limit, run -> {
            Holder holder = run.fence().holder();
            return holder != null && guards.isGone(disk, holder);
        });
    }

    @Override
    public List<Run> held(Holder node, int limit) {
        return runs(limit, run -> node.equals(run.fence().holder()));
    }

    @Override
    public List<Run> parked(int limit) {
        return runs(limit, run -> run.state() == RunState.QUEUED && run.status().parked() != null);
    }

    @Override
    public boolean forget(Instant now, int limit) {
        return open(() -> {
            var requests = disk.requests.entrySet().stream()
                    .filter(e -> guards.expired(e.getValue().at(), now))
                    .limit(limit)
                    .map(Map.Entry::getKey)
                    .toList();
            requests.forEach(disk.requests::remove);
            var keys = disk.keys.entrySet().stream()
                    .filter(e -> !guards.holdsKey(stored(e.getValue()).run, now))
                    .limit(limit)
                    .map(Map.Entry::getKey)
                    .toList();
            keys.forEach(disk.keys::remove);
            return requests.size() >= limit || keys.size() >= limit;
        });
    }

    @Override
    public Discarded discard(Instant endedBefore, int limit) {
        return open(() -> {
            Instant now = now();
            var needed = disk.runs.values().stream()
                    .flatMap(s -> s.inbox.stream())
                    .map(Message.Delivered::message)
                    .filter(guards::tellsOfTheEnd)
                    .map(Message::name)
                    .collect(Collectors.toSet());
            var old = disk.runs.values().stream()
                    .filter(s -> guards.isOld(s, endedBefore, now))
                    .filter(s -> !needed.contains(s.run.id().toString()))
                    .limit(limit)
                    .toList();
            for (Stored each : old) disk.forget(each.run.id());
            return new Discarded(old.stream().map(s -> s.run.id()).toList(), old.size() >= limit);
        });
    }

    @Override
    public Reads reads() {
        return reads;
    }

    @Override
    public Instant now() {
        disk.lock.lock();
        try {
            Instant read = clock.now();
            if (read.isAfter(disk.newest)) disk.newest = read;
            return disk.newest;
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public LedgerFigures figures() {
        disk.lock.lock();
        try {
            return new LedgerFigures(
                    batches, changes, stale, Map.copyOf(batchSizes), Map.of("durability", "memory: none"));
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public void close() {
        disk.lock.lock();
        try {
            closed = true;
        } finally {
            disk.lock.unlock();
        }
    }

    private <T> T open(Supplier<T> transaction) {
        disk.lock.lock();
        try {
            if (closed) {
                throw Unavailable.notApplied(
                        "closing", "the ledger is closed and takes nothing any more: nothing was changed", null);
            }
            return transaction.get();
        } finally {
            disk.lock.unlock();
        }
    }
}
