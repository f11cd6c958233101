package dev.holdfast.server;

import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import dev.holdfast.engine.Conversations;
import dev.holdfast.engine.Explanation;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.Schedules;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.Watch;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueView;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.SnapshotWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Runs that do nothing by themselves: a test says what happens to them. */
final class FakeRuns implements Runs {
    private static final Instant EPOCH = Instant.parse("2026-01-02T03:04:05.678Z");

    private final Map<RunId, RunView> all = new ConcurrentSkipListMap<>();
    private final Map<String, RunId> requests = new ConcurrentHashMap<>();
    private final Map<RunId, List<Frame>> frames = new ConcurrentHashMap<>();
    /** Signals, and the values of tokens. */
    final List<Sent> sent = new CopyOnWriteArrayList<>();

    final FakeQueues queues = new FakeQueues();
    private long made;
    volatile int watching;
    /** Of the last question for snapshots. */
    volatile long atLeast;

    volatile @Nullable RuntimeException failure;
    /** Of whoever reads the keys. */
    volatile @Nullable RuntimeException keysFailure;

    final AtomicInteger keysFailed = new AtomicInteger();

    @Override
    public synchronized Started start(StartRequest request) {
        fail();
        if (!request.task().equals("noop") && !request.task().equals("chat")) {
            throw new Refused("task_unknown", "there is no task '" + request.task() + "'");
        }
        String requestId = request.identity().requestId();
        RunId before = requestId == null ? null : requests.get(requestId);
        if (before != null) return new Started(before, Started.How.REPEATED);
        String key = request.identity().key();
        for (RunView there : all.values()) {
            if (key != null && key.equals(there.run().origin().key())) {
                return new Started(there.run().id(), Started.How.KEY_HELD);
            }
        }
        RunId id = new RunId(1, ++made);
        if (requestId != null) requests.put(requestId, id);
        all.put(id, queued(id, request));
        return new Started(id, Started.How.NEW);
    }

    private static RunView queued(RunId id, StartRequest request) {
        Duration delay = request.options().timing().delay();
        String lane = request.options().lane();
        var run = new Run(
                id,
                new Run.Origin(
                        request.namespace(),
                        request.task(),
                        "1",
                        request.identity().key(),
                        request.options().tags(),
                        null),
                new Run.Policy(
                        Defaults.TASK_RETRY,
                        Defaults.GIVE_UP_AFTER,
                        request.options().maxDuration()),
                new Run.Place(
                        "default",
                        lane == null ? null : Lane.serial(lane),
                        null,
                        EPOCH,
                        delay.isZero() ? null : EPOCH.plus(delay),
                        null,
                        null),
                new Run.Status(RunState.QUEUED, null, null, false, null, null),
                new Fence(0, null, 1),
                new Run.Tries(1, 0, 0),
                new Run.Times(EPOCH, null, null, Deadlines.NONE));
        var first = Snapshot.of(run, "start", EPOCH, new UUID(7, 7));
        return new RunView(run, request.input(), null, null, null, List.of(first), List.of());
    }

    /** The run is executed by a node, and has a recorded, a waiting and a failed step. */
    void running(RunId id) {
        all.computeIfPresent(id, (same, view) -> {
            Run old = view.run();
            var run = new Run(
                    id,
                    old.origin(),
                    old.policy(),
                    old.place(),
                    new Run.Status(RunState.RUNNING, null, null, false, null, null),
                    new Fence(
                            1, new Holder(Holder.Kind.NODE, 1, 99), old.fence().seq() + 1),
                    old.tries(),
                    new Run.Times(EPOCH, EPOCH, null, Deadlines.NONE));
            var error = RunError.ours("step_timeout", "it took too long");
            var steps = List.of(
                    StepRecord.done(StepKey.of(1), "list", 1, 1, "{\"files\":[\"a\"]}"),
                    StepRecord.failed(StepKey.of(2), "count", 1, 3, error),
                    StepRecord.pending(StepKey.of(3), "mail", 1, 1, error, EPOCH));
            return with(view, run, steps, null, error);
        });
    }

    /** The run waits for a time, and for whatever else is given. */
    void waiting(RunId id, Wait... others) {
        all.computeIfPresent(id, (same, view) -> {
            Run old = view.run();
            var steps = new ArrayList<StepRecord>();
            steps.add(StepRecord.waiting(StepKey.of(1), "sleep", 1, new Wait.Time(EPOCH)));
            for (Wait other : others) steps.add(StepRecord.waiting(StepKey.of(steps.size() + 1), "await", 1, other));
            var on = new Waiting(
                    Waiting.Need.ALL, steps.stream().map(StepRecord::key).toList());
            var run = new Run(
                    id,
                    old.origin(),
                    old.policy(),
                    old.place(),
                    new Run.Status(RunState.BLOCKED, null, null, false, null, on),
                    new Fence(2, null, old.fence().seq() + 1),
                    old.tries(),
                    new Run.Times(EPOCH, EPOCH, null, Deadlines.NONE));
            return with(view, run, steps, null, null);
        });
    }

    void finish(RunId id, Outcome outcome, String output) {
        all.computeIfPresent(id, (same, view) -> {
            Run old = view.run();
            var run = new Run(
                    id,
                    old.origin(),
                    old.policy(),
                    old.place(),
                    new Run.Status(RunState.FINISHED, outcome, null, false, null, null),
                    new Fence(2, null, old.fence().seq() + 1),
                    old.tries(),
                    new Run.Times(EPOCH, EPOCH, EPOCH.plusMillis(1), Deadlines.NONE));
            return with(view, run, view.steps(), output, null);
        });
    }

    private static RunView with(
            RunView view, Run run, List<StepRecord> steps, @Nullable String output, @Nullable RunError error) {
        var snapshots = new ArrayList<>(view.snapshots());
        snapshots.add(Snapshot.of(run, "test", EPOCH, new UUID(7, 8)));
        return new RunView(run, view.input(), output, error, null, snapshots, steps);
    }

    /** The run's story goes on. */
    void tell(RunId id, Frame frame) {
        frames.computeIfAbsent(id, same -> new ArrayList<>());
        frames.computeIfPresent(id, (same, told) -> {
            var more = new ArrayList<>(told);
            more.add(frame);
            return more;
        });
    }

    @Override
    public List<Started> startAll(List<StartRequest> starts, @Nullable String requestId) {
        return starts.stream().map(this::start).toList();
    }

    @Override
    public RunView show(Namespace namespace, RunId id) {
        fail();
        RunView view = all.get(id);
        if (view == null) throw new Refused("run_unknown", "there is no run " + id);
        return view;
    }

    @Override
    public List<Run> list(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit) {
        fail();
        return all.values().stream()
                .map(RunView::run)
                .filter(run -> filter.state() == null || run.state() == filter.state())
                .filter(run -> filter.task() == null || run.origin().task().equals(filter.task()))
                .filter(run -> filter.tag() == null || run.origin().tags().contains(filter.tag()))
                .filter(run -> filter.queue() == null || run.place().queue().equals(filter.queue()))
                .filter(run -> filter.lane() == null
                        || (run.place().lane() != null
                                && run.place().lane().name().equals(filter.lane())))
                .filter(run -> before == null || run.id().compareTo(before) < 0)
                .sorted(Comparator.comparing(Run::id).reversed())
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<Reads.Reached> reached(Namespace namespace, RunId id) {
        RunView view = show(namespace, id);
        Outcome outcome = view.run().status().outcome();
        return Optional.of(
                new Reads.Reached(outcome == null ? null : new Reads.Result(outcome, view.output(), view.error())));
    }

    @Override
    public SnapshotWindow snapshots(Namespace namespace, RunId id, long since, long atLeast) {
        this.atLeast = atLeast;
        RunView view = show(namespace, id);
        long seq = view.run().fence().seq();
        if (since > seq) throw Runs.cursorUnknown(id, id + "." + since);
        List<Snapshot> after =
                view.snapshots().stream().filter(s -> s.seq() > since).toList();
        return new SnapshotWindow(seq, 1, after, 0);
    }

    @Override
    public void signal(Namespace namespace, RunId id, Sent sent, @Nullable String requestId) {
        if (show(namespace, id).run().isFinished()) throw new Refused("run_finished", id + " has ended");
        this.sent.add(sent);
    }

    @Override
    public void complete(Namespace namespace, String token, String json, @Nullable String requestId) {
        if (!token.equals("known")) throw new Refused("token_unknown", "there is no token " + token);
        if (!sent.isEmpty()) throw new Refused("token_completed", token + " was completed before");
        sent.add(new Sent(token, json));
    }

    @Override
    public Started rerun(Namespace namespace, RunId id, @Nullable String from, @Nullable String requestId) {
        Run old = show(namespace, id).run();
        if (from != null && !from.equals("1")) throw new Refused("step_unknown", "it has no step '" + from + "'");
        var identity = new StartRequest.Identity(null, requestId);
        return start(new StartRequest(namespace, old.origin().task(), "{}", identity, StartRequest.Options.NONE));
    }

    @Override
    public void cancel(Namespace namespace, RunId id, @Nullable String requestId) {
        RunView view = show(namespace, id);
        if (view.run().state() == RunState.QUEUED) finish(id, Outcome.CANCELLED, "null");
    }

    @Override
    public void delete(Namespace namespace, RunId id, @Nullable String requestId) {
        if (!show(namespace, id).run().isFinished()) {
            throw new Refused("run_not_finished", id + " has not finished: cancel it first");
        }
        all.remove(id);
    }

    @Override
    public Schedules schedules() {
        throw new UnsupportedOperationException("schedules are asked of a real node");
    }

    @Override
    public Conversations conversations() {
        throw new UnsupportedOperationException("conversations are asked of a real node");
    }

    @Override
    public List<QueueView> queues(Namespace namespace) {
        return queues.all();
    }

    @Override
    public List<LaneView> lanes(Namespace namespace, String queue, @Nullable Lane after, int limit) {
        return queues.lanes(after, limit);
    }

    @Override
    public void change(Namespace namespace, String queue, QueueChange.What what, @Nullable String requestId) {
        queues.change(queue, what, requestId);
    }

    @Override
    public Explanation explain(Namespace namespace, RunId id) {
        show(namespace, id);
        return new Explanation("no_slot", "all slots are taken; it starts when one is free", null);
    }

    @Override
    public Watch watch(Namespace namespace, RunId id, @Nullable String after) {
        show(namespace, id);
        if (after != null && !after.startsWith(id.toString())) {
            throw new Refused("cursor_unknown", "'" + after + "' is not a position of " + id);
        }
        return new FakeWatch(id, after);
    }

    void readKeys() {
        RuntimeException planned = keysFailure;
        if (planned == null) return;
        keysFailed.incrementAndGet();
        throw planned;
    }

    private void fail() {
        RuntimeException planned = failure;
        if (planned != null) throw planned;
    }

    private final class FakeWatch implements Watch {
        private final RunId id;
        private int next;
        private volatile boolean over;

        FakeWatch(RunId id, @Nullable String after) {
            this.id = id;
            List<Frame> told = frames.getOrDefault(id, List.of());
            for (int i = 0; i < told.size(); i++) {
                if (told.get(i).id().equals(after)) next = i + 1;
            }
            count(1);
        }

        @Override
        public Optional<Frame> next(Duration patience) throws InterruptedException {
            long end = System.nanoTime() + patience.toNanos();
            while (!over) {
                fail();
                List<Frame> told = frames.getOrDefault(id, List.of());
                if (next < told.size()) {
                    Frame frame = told.get(next++);
                    over = frame.event().equals("done");
                    return Optional.of(frame);
                }
                if (System.nanoTime() >= end) return Optional.empty();
                Thread.sleep(1);
            }
            return Optional.empty();
        }

        @Override
        public boolean ended() {
            return over;
        }

        @Override
        public void close() {
            over = true;
            count(-1);
        }
    }

    private synchronized void count(int change) {
        watching += change;
    }
}
