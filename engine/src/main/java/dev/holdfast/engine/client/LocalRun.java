package dev.holdfast.engine.client;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunFailed;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.sdk.FoldedStream;
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
            var end = end(FOR_EVER);
            if (end != null) return value(end);
        }
    }

    @Override
    public Optional<O> join(Duration limit) throws InterruptedException {
        var end = end(limit);
        return end == null ? Optional.empty() : Optional.ofNullable(value(end));
    }

    /** How it has ended; null if it had not by then. */
    private Reads.@Nullable Result end(Duration limit) throws InterruptedException {
        var clock = local.ports().clock();
        Bell bell = local.ports().threads().bell();
        long begun = clock.nanos();
        // It listens before it looks: what happens in between rings.
        Hints.Listening listening = local.ports().hints().onEnd(id, bell::ring);
        try (listening) {
            while (true) {
                var end = reached();
                if (end != null) return end;
                Duration left = limit.minusNanos(clock.nanos() - begun);
                if (left.isNegative() || left.isZero()) return null;
                bell.await(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
            }
        }
    }

    /** A ledger that cannot be read is waited for: it says nothing about the run. */
    private Reads.@Nullable Result reached() {
        try {
            var reached = local.runs().reached(local.namespace(), id);
            // An unknown run is told by whoever shows it.
            if (reached.isEmpty()) view();
            return reached.map(Reads.Reached::end).orElse(null);
        } catch (Unavailable e) {
            if (e.code().equals("closing")) throw e;
            return null;
        }
    }

    private O value(Reads.Result end) {
        if (end.outcome() != Outcome.SUCCEEDED) {
            RunError error = end.error();
            throw new RunFailed(id, end.outcome(), error == null ? RunError.ended(end.outcome()) : error);
        }
        String json = end.output();
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
        return new FoldedStream(new LocalFrames(local, id));
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
