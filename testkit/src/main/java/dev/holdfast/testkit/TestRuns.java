package dev.holdfast.testkit;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Conversations;
import dev.holdfast.engine.Explanation;
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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks whichever engine is alive. */
final class TestRuns implements Runs {
    private final TestNode node;

    TestRuns(TestNode node) {
        this.node = node;
    }

    @Override
    public Started start(StartRequest request) {
        return node.askOnce("start", runs -> runs.start(request));
    }

    @Override
    public List<Started> startAll(List<StartRequest> requests, @Nullable String requestId) {
        return node.askOnce("start", runs -> runs.startAll(requests, requestId));
    }

    @Override
    public RunView show(Namespace namespace, RunId id) {
        return node.ask("show", runs -> runs.show(namespace, id));
    }

    @Override
    public List<Run> list(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit) {
        return node.ask("list", runs -> runs.list(namespace, filter, before, limit));
    }

    @Override
    public Optional<Reads.Reached> reached(Namespace namespace, RunId id) {
        return node.ask("reached", runs -> runs.reached(namespace, id));
    }

    @Override
    public SnapshotWindow snapshots(Namespace namespace, RunId id, long since, long atLeast) {
        return node.ask("snapshots", runs -> runs.snapshots(namespace, id, since, atLeast));
    }

    @Override
    public Started rerun(Namespace namespace, RunId id, @Nullable String from, @Nullable String requestId) {
        return node.askOnce("rerun", runs -> runs.rerun(namespace, id, from, requestId));
    }

    @Override
    public void cancel(Namespace namespace, RunId id, @Nullable String requestId) {
        node.askOnce("cancel", runs -> {
            runs.cancel(namespace, id, requestId);
            return true;
        });
    }

    @Override
    public void signal(Namespace namespace, RunId id, Sent sent, @Nullable String requestId) {
        node.askOnce("signal", runs -> {
            runs.signal(namespace, id, sent, requestId);
            return true;
        });
    }

    @Override
    public void complete(Namespace namespace, String token, String json, @Nullable String requestId) {
        node.askOnce("complete", runs -> {
            runs.complete(namespace, token, json, requestId);
            return true;
        });
    }

    @Override
    public Schedules schedules() {
        return new TestSchedules(node);
    }

    @Override
    public Conversations conversations() {
        return node.ask("conversations", Runs::conversations);
    }

    @Override
    public List<QueueView> queues(Namespace namespace) {
        return node.ask("queues", runs -> runs.queues(namespace));
    }

    @Override
    public List<LaneView> lanes(Namespace namespace, String queue, @Nullable Lane after, int limit) {
        return node.ask("lanes", runs -> runs.lanes(namespace, queue, after, limit));
    }

    @Override
    public void change(Namespace namespace, String queue, QueueChange.What what, @Nullable String requestId) {
        node.askOnce("change", runs -> {
            runs.change(namespace, queue, what, requestId);
            return true;
        });
    }

    @Override
    public void delete(Namespace namespace, RunId id, @Nullable String requestId) {
        node.askOnce("delete", runs -> {
            runs.delete(namespace, id, requestId);
            return true;
        });
    }

    @Override
    public Explanation explain(Namespace namespace, RunId id) {
        return node.ask("explain", runs -> runs.explain(namespace, id));
    }

    @Override
    public Watch watch(Namespace namespace, RunId id, @Nullable String after) {
        return node.ask("watch", runs -> runs.watch(namespace, id, after));
    }
}
