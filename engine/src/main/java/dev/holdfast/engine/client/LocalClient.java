package dev.holdfast.engine.client;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.sdk.Client;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Schedule;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.TypeRef;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Client} of an engine in this process: types on the outside, JSON on the inside. It owns nothing; the engine
 * is closed by whoever opened it.
 */
public final class LocalClient implements Client {
    private final Local local;

    /**
     * @param runs what is asked
     * @param ports of the engine: hints to wait for, threads and time to wait with
     * @param namespace where runs are started and looked for
     */
    public LocalClient(Runs runs, Ports ports, Namespace namespace) {
        this(runs, () -> ports, namespace);
    }

    /** The same for a process that is one node after the other: each has ports of its own. */
    public LocalClient(Runs runs, Supplier<Ports> ports, Namespace namespace) {
        this.local = new Local(runs, ports, namespace);
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(Task<I, O> task, I input) {
        return start(task, input, Start.now());
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(
            Task<I, O> task, I input, Start start) {
        Started started = local.runs().start(request(task, input, start, start.requestId()));
        return handle(started.id(), task.output());
    }

    /** In a transaction of the caller's: see {@link Runs#start(Connection, StartRequest)}. */
    public <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(
            Connection transaction, Task<I, O> task, I input, Start start) {
        Started started = local.runs().start(transaction, request(task, input, start, start.requestId()));
        return handle(started.id(), task.output());
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> List<RunHandle<O>> startAll(
            Task<I, O> task, Collection<? extends I> inputs, Start start) {
        if (start.key() != null || start.debounce() != null) {
            throw new IllegalArgumentException(
                    "a business key or a debounce key belongs to one run: start them one by one");
        }
        var requests = new ArrayList<StartRequest>();
        for (I input : inputs) requests.add(request(task, input, start, null));
        var handles = new ArrayList<RunHandle<O>>();
        for (Started started : local.runs().startAll(requests, start.requestId()))
            handles.add(handle(started.id(), task.output()));
        return handles;
    }

    private <I extends @Nullable Object> StartRequest request(
            Task<I, ?> task, I input, Start start, @Nullable String requestId) {
        var identity = new StartRequest.Identity(start.key(), requestId);
        var options = StartRequest.Options.of(start, task.laneOf(input, start));
        String json = local.ports().codec().encode(input);
        return new StartRequest(local.namespace(), task.name(), json, identity, options);
    }

    @Override
    public <O extends @Nullable Object> RunHandle<O> run(RunId id, Class<O> type) {
        return handle(id, TypeRef.of(type));
    }

    @Override
    public <O extends @Nullable Object> RunHandle<O> run(RunId id, Task<?, O> task) {
        return handle(id, task.output());
    }

    @Override
    public <T extends @Nullable Object> void complete(String token, T value, @Nullable String requestId) {
        local.runs().complete(local.namespace(), token, local.ports().codec().encode(value), requestId);
    }

    @Override
    public void schedule(Schedule schedule) {
        var definition = new StoredSchedule.Definition(
                schedule.cron(),
                schedule.zone(),
                schedule.missed(),
                schedule.task().name(),
                local.ports().codec().encode(schedule.input()),
                schedule.lane(),
                schedule.ttl());
        local.runs().schedules().put(local.namespace(), schedule.name(), definition, null);
    }

    @Override
    public void unschedule(String name) {
        local.runs().schedules().delete(local.namespace(), name, null);
    }

    private <O extends @Nullable Object> RunHandle<O> handle(RunId id, TypeRef<O> type) {
        return new LocalRun<>(local, id, type);
    }

    /** Nothing: there is nothing that it holds. */
    @Override
    public void close() {}
}
