package dev.holdfast.node;

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
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks whoever is there at the moment: a process in a cluster may be one engine after the other. */
record Relay(Supplier<? extends Runs> now) implements Runs {
    @Override
    public Started start(StartRequest request) {
        return now.get().start(request);
    }

    @Override
    public Started start(Connection transaction, StartRequest request) {
        return now.get().start(transaction, request);
    }

    @Override
    public List<Started> startAll(List<StartRequest> requests, @Nullable String requestId) {
        return now.get().startAll(requests, requestId);
    }

    @Override
    public RunView show(Namespace namespace, RunId id) {
        return now.get().show(namespace, id);
    }

    @Override
    public List<Run> list(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit) {
        return now.get().list(namespace, filter, before, limit);
    }

    @Override
    public Optional<Reads.Reached> reached(Namespace namespace, RunId id) {
        return now.get().reached(namespace, id);
    }

    @Override
    public SnapshotWindow snapshots(Namespace namespace, RunId id, long since, long atLeast) {
        return now.get().snapshots(namespace, id, since, atLeast);
    }

    @Override
    public Started rerun(Namespace namespace, RunId id, @Nullable String from, @Nullable String requestId) {
        return now.get().rerun(namespace, id, from, requestId);
    }

    @Override
    public void cancel(Namespace namespace, RunId id, @Nullable String requestId) {
        now.get().cancel(namespace, id, requestId);
    }

    @Override
    public void signal(Namespace namespace, RunId id, Sent sent, @Nullable String requestId) {
        now.get().signal(namespace, id, sent, requestId);
    }

    @Override
    public void complete(Namespace namespace, String token, String json, @Nullable String requestId) {
        now.get().complete(namespace, token, json, requestId);
    }

    @Override
    public void delete(Namespace namespace, RunId id, @Nullable String requestId) {
        now.get().delete(namespace, id, requestId);
    }

    @Override
    public List<QueueView> queues(Namespace namespace) {
        return now.get().queues(namespace);
    }

    @Override
    public List<LaneView> lanes(Namespace namespace, String queue, @Nullable Lane after, int limit) {
        return now.get().lanes(namespace, queue, after, limit);
    }

    @Override
    public void change(Namespace namespace, String queue, QueueChange.What what, @Nullable String requestId) {
        now.get().change(namespace, queue, what, requestId);
    }

    @Override
    public Schedules schedules() {
        return now.get().schedules();
    }

    @Override
    public Conversations conversations() {
        return now.get().conversations();
    }

    @Override
    public Explanation explain(Namespace namespace, RunId id) {
        return now.get().explain(namespace, id);
    }

    @Override
    public Watch watch(Namespace namespace, RunId id, @Nullable String after) {
        return now.get().watch(namespace, id, after);
    }
}
