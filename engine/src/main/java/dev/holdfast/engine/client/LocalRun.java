package dev.holdfast.engine.client;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunFailed;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.RunInfo;
import dev.holdfast.sdk.RunStream;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.TypeRef;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run of the engine in this process. Waiting for its end is waiting for a hint, and a look once a second. */
final class LocalRun<O extends @Nullable Object> implements RunHandle<O> {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final Local local;
    private final RunId id;
    private final TypeRef<O> type;

    LocalRun(Local local, RunId id, TypeRef<O> type) {
        this.local = local;
        this.id = id;
        this.type = type;
    }

    @Override
    public RunId id() {
        return id;
    }

    @Override
    public O join() throws InterruptedException {
        while (true) {
            if (ended(FOR_EVER)) return result();
        }
    }

    @Override
    public Optional<O> join(Duration limit) throws InterruptedException {
        return ended(limit) ? Optional.ofNullable(result()) : Optional.empty();
    }

    private boolean ended(Duration limit) throws InterruptedException {
        var clock = local.ports().clock();
        Bell bell = local.ports().threads().bell();
        long begun = clock.nanos();
        // It listens before it looks: what happens in between rings.
        Hints.Listening listening = local.ports().hints().onChange(id, bell::ring);
        try (listening) {
            while (true) {
                Optional<Run> run = local.ports().ledger().reads().run(local.namespace(), id);
                // An unknown run is told by whoever shows it.
                if (run.isEmpty() || run.get().isFinished()) return true;
                Duration left = limit.minusNanos(clock.nanos() - begun);
                if (left.isNegative() || left.isZero()) return false;
                bell.await(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
            }
        }
    }

    private O result() {
        RunView view = view();
        Outcome outcome = view.run().status().outcome();
        if (outcome == null) throw new IllegalStateException(id + " has not ended");
        if (outcome != Outcome.SUCCEEDED) {
            RunError error = view.error();
            throw new RunFailed(id, outcome, error == null ? RunError.ended(outcome) : error);
        }
        String json = view.output();
        return local.ports().codec().decode(json == null ? "null" : json, type);
    }

    private RunView view() {
        return local.runs().show(local.namespace(), id);
    }

    @Override
    public RunInfo show() {
        RunView view = view();
        Run run = view.run();
        var progress = new RunInfo.Progress(
                run.state(),
                run.status().outcome(),
                run.tries().attempt(),
                run.fence().epoch());
        return new RunInfo(id, run.origin().task(), progress, view.input(), view.output(), view.error(), view.steps());
    }

    @Override
    public String explain() {
        return local.runs().explain(local.namespace(), id).sentence();
    }

    @Override
    public <T extends @Nullable Object> void signal(Signal<T> signal, T value, @Nullable String requestId) {
        String json = local.ports().codec().encode(value);
        local.runs().signal(local.namespace(), id, new Runs.Sent(signal.name(), json), requestId);
    }

    @Override
    public void cancel() {
        local.runs().cancel(local.namespace(), id, null);
    }

    @Override
    public RunStream stream() {
        return new LocalStream(local.runs().watch(local.namespace(), id, null));
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
