package dev.holdfast.testkit;

import dev.holdfast.core.RunId;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.RunInfo;
import dev.holdfast.sdk.RunStream;
import dev.holdfast.sdk.Signal;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run whose end is not waited for: time passes instead. */
final class TestRun<O extends @Nullable Object> implements RunHandle<O> {
    private final TestNode node;
    private final RunHandle<O> run;

    TestRun(TestNode node, RunHandle<O> run) {
        this.node = node;
        this.run = run;
    }

    @Override
    public RunId id() {
        return run.id();
    }

    @Override
    public O join() throws InterruptedException {
        if (!node.passUntilEnd(id(), null)) {
            throw new AssertionError(
                    id() + " does not end: nothing can happen any more, however much time passes. " + explain());
        }
        return run.join();
    }

    @Override
    public Optional<O> join(Duration limit) throws InterruptedException {
        return node.passUntilEnd(id(), limit) ? run.join(Duration.ZERO) : Optional.empty();
    }

    @Override
    public RunInfo show() {
        return run.show();
    }

    @Override
    public String explain() {
        return run.explain();
    }

    @Override
    public <T extends @Nullable Object> void signal(Signal<T> signal, T value, @Nullable String requestId) {
        run.signal(signal, value, requestId);
    }

    @Override
    public void cancel() {
        run.cancel();
    }

    @Override
    public RunStream stream() {
        return run.stream();
    }

    @Override
    public String toString() {
        return run.toString();
    }
}
