package dev.holdfast.testkit.memory;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.Line;
import dev.holdfast.engine.port.Backlog;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.QueueView;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.SnapshotWindow;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.Upcoming;
import dev.holdfast.engine.port.Write.Payload;
import dev.holdfast.testkit.memory.MemoryDisk.LaneKey;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

final class MemoryReads implements Reads {
    private static final int VIEW = 200;

    private final MemoryDisk disk;
    private final Guards guards;
    private final Supplier<Instant> now;

    MemoryReads(MemoryDisk disk, Guards guards, Supplier<Instant> now) {
        this.disk = disk;
        this.guards = guards;
        this.now = now;
    }

    @Override
    public Optional<Run> run(Namespace namespace, RunId id) {
        return at(() -> find(namespace, id).map(s -> s.run));
    }

    @Override
    public Optional<Run> run(RunId id) {
        return at(() -> Optional.ofNullable(disk.runs.get(id)).map(s -> s.run));
    }

    private Optional<Stored> find(Namespace namespace, RunId id) {
        return Optional.ofNullable(disk.runs.get(id)).filter(s -> guards.shows(s.run, namespace));
    }

    @Override
    public List<Backlog> backlog(Instant now) {
        return at(() -> disk.queue.stream()
                .map(waiting -> disk.runs.get(waiting.id()))
                .filter(Objects::nonNull)
                .map(s -> {
                    Run.Parked parked = s.run.status().parked();
                    return new Backlog(s.run.origin().task(), parked == null ? List.of() : parked.versions(), 1);
                })
                .toList());
    }

    @Override
    public Optional<RunView> view(Namespace namespace, RunId id) {
        return at(() -> find(namespace, id).map(MemoryReads::view));
    }

    private static RunView view(Stored stored) {
        boolean succeeded = stored.run.status().outcome() == Outcome.SUCCEEDED;
        String error = stored.payloads.get(Payload.Kind.ERROR);
        RunError shown = succeeded || error == null ? null : ErrorJson.read(error);
        return new RunView(
                stored.run,
                stored.payloads.getOrDefault(Payload.Kind.INPUT, "null"),
                stored.payloads.get(Payload.Kind.OUTPUT),
                shown,
                stored.end,
                newest(stored.snapshots, VIEW),
                List.copyOf(stored.steps.values()));
    }

    private static List<Snapshot> newest(List<Snapshot> all, int most) {
        return List.copyOf(all.subList(Math.max(0, all.size() - most), all.size()));
    }

    @Override
    public Map<RunId, List<StepRecord>> steps(Collection<RunId> ids) {
        return at(() -> {
            var all = new HashMap<RunId, List<StepRecord>>();
            for (RunId id : ids) {
                Stored stored = disk.runs.get(id);
                if (stored != null) all.put(id, List.copyOf(stored.steps.values()));
            }
            return all;
        });
    }

    @Override
    public Optional<Progress> progress(RunId id) {
        return run(id).map(run -> new Progress(run.fence().epoch(), run.fence().seq(), run.isFinished()));
    }

    @Override
    public Optional<Instant> suspectWaiting(Map<String, String> hosted, Instant now) {
        return at(() -> disk.runs.values().stream()
                .filter(s -> s.claimable && s.run.isSuspect())
                .filter(s -> {
                    String version = hosted.get(s.run.origin().task());
                    return version != null && s.run.mayFit(version);
                })
                .filter(s -> s.run.times().deadlines().due(now).isEmpty())
                .map(s -> Objects.requireNonNullElse(
                        s.run.place().due(), s.run.place().at()))
                .min(Instant::compareTo));
    }

    @Override
    public boolean hasSteps(RunId id) {
        return !steps(id).isEmpty();
    }

    @Override
    public Optional<SnapshotWindow> snapshots(Namespace namespace, RunId id, long since) {
        return at(() -> find(namespace, id)
                .filter(s -> since <= s.run.fence().seq())
                .map(s -> {
                    var after =
                            s.snapshots.stream().filter(x -> x.seq() > since).toList();
                    var window = newest(after, SnapshotWindow.MOST);
                    return new SnapshotWindow(s.run.fence().seq(), 1, window, after.size() - window.size());
                }));
    }

    @Override
    public Optional<StreamEnd> end(RunId id) {
        return at(() -> Optional.ofNullable(disk.runs.get(id)).map(s -> s.end));
    }

    @Override
    public List<Run> runs(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit) {
        return at(() -> (before == null ? disk.runs : disk.runs.headMap(before, false))
                .descendingMap().values().stream()
                        .map(s -> s.run)
                        .filter(r -> guards.shows(r, namespace) && fits(r, filter))
                        .limit(limit)
                        .toList());
    }

    @Override
    public List<Run> lane(Namespace namespace, String queue, String lane, @Nullable RunId after, int limit) {
        var filter = new RunFilter(null, null, null, queue, lane);
        return at(() -> (after == null ? disk.runs : disk.runs.tailMap(after, false))
                .values().stream()
                        .map(s -> s.run)
                        .filter(r -> guards.shows(r, namespace) && fits(r, filter))
                        .limit(limit)
                        .toList());
    }

    @Override
    public List<Run> live(Namespace namespace, String queue, String lane) {
        return lane(namespace, queue, lane, null, Integer.MAX_VALUE).stream()
                .filter(run -> !run.isFinished())
                .toList();
    }

    @Override
    public Optional<Run> turn(Namespace namespace, String queue, String lane) {
        return live(namespace, queue, lane).stream()
                .filter(run -> run.place().slotOf() != null
                        && Objects.requireNonNull(run.place().lane()).isSerial())
                .findFirst();
    }

    @Override
    public Map<RunId, Payloads> payloads(Collection<RunId> ids) {
        return at(() -> {
            var all = new HashMap<RunId, Payloads>();
            for (RunId id : ids) {
                Stored stored = disk.runs.get(id);
                if (stored != null) all.put(id, payloads(stored));
            }
            return all;
        });
    }

    private static Payloads payloads(Stored stored) {
        String error = stored.payloads.get(Payload.Kind.ERROR);
        return new Payloads(
                stored.payloads.getOrDefault(Payload.Kind.INPUT, "null"),
                stored.payloads.get(Payload.Kind.OUTPUT),
                error == null ? null : ErrorJson.read(error));
    }

    private static boolean fits(Run run, RunFilter filter) {
        return (filter.state() == null || filter.state() == run.state())
                && (filter.task() == null || filter.task().equals(run.origin().task()))
                && (filter.queue() == null || filter.queue().equals(run.place().queue()))
                && (filter.lane() == null
                        || (run.place().lane() != null
                                && filter.lane().equals(run.place().lane().name())))
                && (filter.tag() == null || run.origin().tags().contains(filter.tag()));
    }

    @Override
    public List<StepRecord> pending(RunId id) {
        return steps(id).stream().filter(s -> !s.isFinal()).toList();
    }

    @Override
    public Optional<Kept> kept(RunId id, String name) {
        return at(() -> Optional.ofNullable(disk.runs.get(id))
                .map(s -> s.signals.get(name))
                .map(kept -> new Kept(kept.firstKey(), kept.firstEntry().getValue())));
    }

    @Override
    public Optional<Token> token(String id) {
        return at(() ->
                Optional.ofNullable(disk.tokens.get(id)).map(t -> new Token(t.run(), t.until(), t.isCompleted())));
    }

    @Override
    public Optional<Result> result(RunId id) {
        return at(() -> Optional.ofNullable(disk.runs.get(id)).flatMap(MemoryReads::result));
    }

    private static Optional<Result> result(Stored stored) {
        Outcome outcome = stored.run.status().outcome();
        if (outcome == null) return Optional.empty();
        String error = stored.payloads.get(Payload.Kind.ERROR);
        return Optional.of(new Result(
                outcome, stored.payloads.get(Payload.Kind.OUTPUT), error == null ? null : ErrorJson.read(error)));
    }

    @Override
    public Optional<Reached> reached(Namespace namespace, RunId id) {
        return at(() -> Optional.ofNullable(disk.runs.get(id))
                .filter(s -> s.run.origin().namespace().equals(namespace))
                .map(s -> new Reached(result(s).orElse(null))));
    }

    @Override
    public List<RunId> children(RunId parent, int limit) {
        return at(() -> disk.runs.values().stream()
                .filter(s -> MemoryMessages.isChildOf(s.run, parent))
                .filter(s -> !s.run.status().cancelled())
                .filter(s -> s.inbox.stream().noneMatch(m -> m.message().kind() == Message.Kind.CANCEL))
                .map(s -> s.run.id())
                .limit(limit)
                .toList());
    }

    @Override
    public List<Message.Delivered> inbox(RunId id) {
        return at(() -> {
            Stored stored = disk.runs.get(id);
            return stored == null ? List.of() : List.copyOf(stored.inbox);
        });
    }

    @Override
    public Line line(Run run) {
        return at(() -> {
            Stored stored = disk.runs.get(run.id());
            if (stored == null) return Line.FREE;
            var waiting = disk.queue.stream()
                    .map(w -> disk.runs.get(w.id()))
                    .filter(s -> s != null && LaneKey.of(s.run).equals(LaneKey.of(run)))
                    .toList();
            return new MemoryLanes(disk, guards).line(stored, waiting, now.get());
        });
    }

    @Override
    public List<QueueView> queues(Namespace namespace) {
        return at(() -> new MemoryQueues(disk, guards).queues(namespace));
    }

    @Override
    public List<LaneView> lanes(Namespace namespace, String queue, @Nullable Lane after, int limit) {
        return at(() -> new MemoryQueues(disk, guards).lanes(new MemoryDisk.QueueKey(namespace, queue), after, limit));
    }

    @Override
    public Optional<StoredSchedule> schedule(Namespace namespace, String name) {
        return at(() -> Optional.ofNullable(new MemorySchedules(disk, guards).one(namespace, name)));
    }

    @Override
    public List<StoredSchedule> schedules(Namespace namespace, @Nullable String after, int limit) {
        return at(() -> new MemorySchedules(disk, guards).page(namespace, after, limit));
    }

    @Override
    public List<Upcoming> upcoming(Collection<String> tasks, @Nullable Upcoming after, int limit) {
        return at(() -> new MemorySchedules(disk, guards).upcoming(tasks, after, limit));
    }

    private <T> T at(Supplier<T> read) {
        disk.lock.lock();
        try {
            return read.get();
        } finally {
            disk.lock.unlock();
        }
    }
}
