package dev.holdfast.engine;

import dev.holdfast.engine.port.Claimed;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What one claim is given. It is reserved before whoever asked is answered, so that nobody takes it for something that is held and
 * executed by nobody. The answer may be an error all the same, before or after that: then nothing stays reserved, and whoever looks
 * for what nobody executes finds it.
 *
 * <p>Without a lock: the ledger tells it, and may hold its own.
 */
final class Taking {
    /** @param over whoever asked was given an error */
    private record State(List<Claimed> reserved, boolean over) {}

    private final Executor executor;
    private final AtomicReference<State> state = new AtomicReference<>(new State(List.of(), false));

    Taking(Executor executor) {
        this.executor = executor;
    }

    /** It is committed, and nobody has been answered. */
    void told(List<Claimed> given) {
        executor.reserve(given);
        State before = state.getAndUpdate(now -> now.over() ? now : new State(given, false));
        if (before.over()) given.forEach(executor::release);
    }

    /** Whoever asked was given an error, and begins nothing. */
    void failed() {
        state.getAndSet(new State(List.of(), true)).reserved().forEach(executor::release);
    }
}
