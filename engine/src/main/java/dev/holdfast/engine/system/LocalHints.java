package dev.holdfast.engine.system;

import dev.holdfast.core.Holder;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Hints;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Hints within one process: a direct call. Whoever brings hints of other processes tells them here. */
public final class LocalHints implements Hints {
    private final Map<RunId, List<Runnable>> changes = new ConcurrentHashMap<>();
    private final Map<RunId, List<Runnable>> ends = new ConcurrentHashMap<>();
    private final List<Consumer<RunId>> forPosts = new CopyOnWriteArrayList<>();
    private final List<Runnable> forWork = new CopyOnWriteArrayList<>();

    @Override
    public void changed(RunId run) {
        tell(changes, run);
    }

    @Override
    public void ended(RunId run) {
        tell(changes, run);
        tell(ends, run);
    }

    private static void tell(Map<RunId, List<Runnable>> all, RunId run) {
        var listeners = all.get(run);
        if (listeners != null) listeners.forEach(Runnable::run);
    }

    /** It would have to leave this process. */
    @Override
    public void posted(RunId run, Holder holder) {}

    /** Another node has posted a message to this run, which is held here. */
    public void posted(RunId run) {
        forPosts.forEach(look -> look.accept(run));
    }

    @Override
    public Listening onPost(Consumer<RunId> look) {
        forPosts.add(look);
        return () -> forPosts.remove(look);
    }

    @Override
    public void work() {
        forWork.forEach(Runnable::run);
    }

    @Override
    public Listening onChange(RunId run, Runnable look) {
        return listen(changes, run, look);
    }

    @Override
    public Listening onEnd(RunId run, Runnable look) {
        return listen(ends, run, look);
    }

    private static Listening listen(Map<RunId, List<Runnable>> all, RunId run, Runnable look) {
        all.compute(run, (id, present) -> {
            var listeners = present == null ? new CopyOnWriteArrayList<Runnable>() : present;
            listeners.add(look);
            return listeners;
        });
        return () -> all.computeIfPresent(run, (id, listeners) -> {
            listeners.remove(look);
            return listeners.isEmpty() ? null : listeners;
        });
    }

    @Override
    public Listening onWork(Runnable look) {
        forWork.add(look);
        return () -> forWork.remove(look);
    }
}
