package dev.holdfast.engine;

import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Numbering;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Backlog;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.QueueView;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.SnapshotWindow;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Upcoming;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemThreads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One run, its snapshots and its stream, in lists: as plain as can be. */
final class Journal implements Reads, StreamLog {
    static final RunId RUN = RunId.of(new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0001L));
    private static final Holder NODE = new Holder(Holder.Kind.NODE, 1, 7);
    private static final int WINDOW = 50;

    final List<Entry> entries = new ArrayList<>();
    final List<Snapshot> snapshots = new ArrayList<>();
    private @Nullable StreamEnd end;
    private long epoch;
    private boolean deleted;

    /** What happens between two reads of a watcher, and how many entries a read gives at most. */
    Runnable meanwhile = () -> {};

    Fencing fencing = Fencing.BY_OPENING;

    int most = Integer.MAX_VALUE;
    int reads;

    Journal() {
        snap(RunState.QUEUED, null, 0, 1, "start");
    }

    /** What those who watch it share. */
    Tail tail() {
        return new Tail(Sight.of(this, this, row()), new SystemThreads(), new SystemClock());
    }

    long append(Item... items) {
        long number = last();
        for (Item item : items) entries.add(new Entry(++number, epoch, item));
        return number;
    }

    /** By somebody who has lost the run. */
    long append(long older, Item item) {
        entries.add(new Entry(last() + 1, older, item));
        return last();
    }

    /** The first of an epoch that has numbers of its own. */
    void open(Item item) {
        open(last(), item);
    }

    void open(long behind, Item item) {
        entries.add(new Entry(Numbering.first(epoch), behind, epoch, item));
    }

    /** By somebody who has lost the run, behind an epoch that has opened: the log has lost what was in his way. */
    void intrude(long older, Item item) {
        long own = entries.stream()
                .filter(entry -> entry.epoch() == older)
                .mapToLong(Entry::number)
                .max()
                .orElse(Numbering.first(older) - 1);
        entries.add(new Entry(own + 1, older, item));
    }

    /** The log loses the newest. */
    void lose(int many) {
        for (int i = 0; i < many && !entries.isEmpty(); i++) entries.removeLast();
    }

    /** The number of the newest entry. */
    long last() {
        return StreamLog.last(entries);
    }

    /** The next snapshot; the epoch grows. */
    void become(RunState state, int attempt, String cause) {
        snap(state, null, ++epoch, attempt, cause);
    }

    void finish(Outcome outcome, int attempt, StreamEnd where) {
        end = where;
        snap(RunState.FINISHED, outcome, ++epoch, attempt, "finish");
    }

    void delete() {
        deleted = true;
        entries.clear();
    }

    long epoch() {
        return epoch;
    }

    private void snap(RunState state, @Nullable Outcome outcome, long at, int attempt, String cause) {
        long seq = snapshots.size() + 1L;
        snapshots.add(new Snapshot(seq, state, outcome, at, attempt, Instant.EPOCH, cause, new UUID(0, seq)));
    }

    Run row() {
        var newest = snapshots.getLast();
        var holder = newest.state() == RunState.RUNNING ? NODE : null;
        return new Run(
                RUN,
                new Run.Origin(Namespace.DEFAULT, "talk", "1", null, List.of(), null),
                new Run.Policy(Retry.none(), Duration.ofSeconds(5), null),
                new Run.Place("default", null, null, Instant.EPOCH, null, null, null),
                new Run.Status(newest.state(), newest.outcome(), null, false, null, null),
                new Fence(newest.epoch(), holder, newest.seq()),
                new Run.Tries(newest.attempt(), 0, 0),
                new Run.Times(Instant.EPOCH, null, null, Deadlines.NONE));
    }

    private void look() {
        reads++;
        meanwhile.run();
    }

    @Override
    public Optional<Run> run(RunId id) {
        look();
        return deleted ? Optional.empty() : Optional.of(row());
    }

    @Override
    public Optional<Run> run(Namespace namespace, RunId id) {
        return run(id);
    }

    /** The newest epoch whose beginning is not kept any more; 0 if all are. */
    long forgottenEpoch() {
        int forgotten = snapshots.size() - WINDOW;
        return forgotten <= 0 ? 0 : snapshots.get(forgotten - 1).epoch();
    }

    @Override
    public Optional<SnapshotWindow> snapshots(Namespace namespace, RunId id, long since) {
        look();
        if (deleted || since > snapshots.size()) return Optional.empty();
        int from = Math.max((int) since, snapshots.size() - WINDOW);
        return Optional.of(new SnapshotWindow(
                snapshots.size(), 1, List.copyOf(snapshots.subList(from, snapshots.size())), from - since));
    }

    @Override
    public Optional<StreamEnd> end(RunId id) {
        look();
        return Optional.ofNullable(end);
    }

    @Override
    public Page read(RunId run, long after, int max) {
        look();
        var found = entries.stream()
                .filter(entry -> entry.number() > after)
                .limit(Math.min(max, most))
                .toList();
        long end = found.isEmpty() ? after : found.getLast().number();
        return new Page(found, entries.stream().noneMatch(entry -> entry.number() > end));
    }

    @Override
    public List<Entry> rewinds(RunId run, long after) {
        look();
        return entries.stream()
                .filter(entry -> entry.number() > after && entry.item() instanceof Item.Rewind)
                .toList();
    }

    @Override
    public long head(RunId run) {
        look();
        return last();
    }

    @Override
    public Map<RunId, List<Entry>> outlines(Collection<RunId> runs) {
        return Map.of(RUN, List.copyOf(entries));
    }

    // What a watcher has no use for.

    @Override
    public Fencing fencing() {
        return fencing;
    }

    @Override
    public void remove(Collection<RunId> runs) {}

    @Override
    public List<Appended> append(List<Append> appends) {
        return List.of();
    }

    @Override
    public Optional<RunView> view(Namespace namespace, RunId id) {
        return Optional.empty();
    }

    @Override
    public Map<RunId, List<StepRecord>> steps(Collection<RunId> ids) {
        return Map.of();
    }

    @Override
    public Optional<Progress> progress(RunId id) {
        return run(id).map(run -> new Progress(run.fence().epoch(), run.fence().seq(), run.isFinished()));
    }

    @Override
    public List<Backlog> backlog(Instant now) {
        return List.of();
    }

    @Override
    public Optional<Instant> suspectWaiting(Map<String, String> hosted, Instant now) {
        return Optional.empty();
    }

    @Override
    public boolean hasSteps(RunId id) {
        return false;
    }

    @Override
    public List<Run> runs(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit) {
        return List.of();
    }

    @Override
    public List<Run> lane(Namespace namespace, String queue, String lane, @Nullable RunId after, int limit) {
        return List.of();
    }

    @Override
    public List<Run> live(Namespace namespace, String queue, String lane) {
        return List.of();
    }

    @Override
    public Optional<Run> turn(Namespace namespace, String queue, String lane) {
        return Optional.empty();
    }

    @Override
    public Map<RunId, Payloads> payloads(Collection<RunId> ids) {
        return Map.of();
    }

    @Override
    public Line line(Run run) {
        return Line.FREE;
    }

    @Override
    public List<QueueView> queues(Namespace namespace) {
        return List.of();
    }

    @Override
    public List<LaneView> lanes(Namespace namespace, String queue, @Nullable Lane after, int limit) {
        return List.of();
    }

    @Override
    public List<Message.Delivered> inbox(RunId id) {
        return List.of();
    }

    @Override
    public List<StepRecord> pending(RunId id) {
        return List.of();
    }

    @Override
    public Optional<Kept> kept(RunId id, String name) {
        return Optional.empty();
    }

    @Override
    public Optional<Token> token(String id) {
        return Optional.empty();
    }

    @Override
    public Optional<Result> result(RunId id) {
        return Optional.empty();
    }

    @Override
    public Optional<Reached> reached(Namespace namespace, RunId id) {
        return Optional.of(new Reached(null));
    }

    @Override
    public List<RunId> children(RunId parent, int limit) {
        return List.of();
    }

    @Override
    public Optional<StoredSchedule> schedule(Namespace namespace, String name) {
        return Optional.empty();
    }

    @Override
    public List<StoredSchedule> schedules(Namespace namespace, @Nullable String after, int limit) {
        return List.of();
    }

    @Override
    public List<Upcoming> upcoming(Collection<String> tasks, @Nullable Upcoming after, int limit) {
        return List.of();
    }

    @Override
    public void close() {}
}
