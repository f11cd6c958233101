package dev.holdfast.sdk;

import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Waiting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step or a child of this run that was begun.
 *
 * @param parts of the Context that has begun it
 * @param key its place
 * @param name its name there
 * @param type of its result
 */
record Begun<T extends @Nullable Object>(Parts parts, StepKey key, String name, TypeRef<T> type) implements Pending<T> {
    boolean isOver() {
        StepRecord found = recorded();
        return found != null && found.isFinal();
    }

    private boolean isCancelled() {
        StepRecord found = recorded();
        return found != null && found.status() == StepRecord.Status.CANCELLED;
    }

    private @Nullable StepRecord recorded() {
        return parts.journal().recorded(key);
    }

    @Override
    public T join() {
        parts.confinement().check("join()");
        return result();
    }

    T result() {
        awaitAll(List.of(this));
        StepRecord found = parts.journal().over(key);
        if (found.status() == StepRecord.Status.CANCELLED) throw parts.forks().cancelled();
        return parts.journal().replay(found, type);
    }

    /** Waits until all of these are over. */
    static <T extends @Nullable Object> void awaitAll(List<Begun<T>> all) {
        while (true) {
            List<Begun<T>> open = all.stream().filter(b -> !b.isOver()).toList();
            Leaving leaving = all.getFirst().parts().leaving();
            leaving.check();
            // Where it was delivered before, it is in every replay, whatever is still open beside.
            if (all.stream().anyMatch(Begun::isCancelled))
                throw all.getFirst().parts().forks().cancelled();
            if (open.isEmpty()) return;
            Begun<T> first = open.getFirst();
            if (leaving.cancelIsDue()) {
                Unwind.Cancelled cancelled = first.deliver();
                if (cancelled != null) throw cancelled;
                continue;
            }
            var keys = open.stream().map(Begun::key).toList();
            first.parts().waits().attend(new Waiting(Waiting.Need.ALL, keys), null);
        }
    }

    /** Delivers a cancel here, unless the step beside has recorded something when it was told of it. */
    private Unwind.@Nullable Cancelled deliver() {
        parts.forks().tell();
        return isOver() ? null : parts.leaving().cancelAt(key, name);
    }
}
