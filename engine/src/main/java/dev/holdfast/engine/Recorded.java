package dev.holdfast.engine;

import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What is recorded of a run that this node holds, as its attempt sees it. It rings when something is new. */
final class Recorded {
    private final Map<StepKey, StepRecord> newest = new ConcurrentHashMap<>();
    private final Bell bell;

    Recorded(List<StepRecord> steps, Bell bell) {
        for (StepRecord step : steps) newest.put(step.key(), step);
        this.bell = bell;
    }

    @Nullable
    StepRecord at(StepKey key) {
        return newest.get(key);
    }

    /** By key. */
    List<StepRecord> pending() {
        return newest.values().stream()
                .filter(s -> !s.isFinal())
                .sorted(Comparator.comparing(StepRecord::key))
                .toList();
    }

    /** Whether a child was begun and has not ended. */
    boolean awaitsChild() {
        return newest.values().stream().anyMatch(s -> !s.isFinal() && s.awaits() instanceof Wait.Child);
    }

    /** When the next try of a step begins; empty if none is to come. */
    Optional<Instant> turn() {
        return newest.values().stream()
                .filter(s -> !s.isFinal() && s.awaits() instanceof Wait.Turn)
                .map(StepRecord::next)
                .filter(Objects::nonNull)
                .min(Instant::compareTo);
    }

    /** This was written. */
    void note(Change change) {
        var steps = new ArrayList<StepRecord>();
        for (Write write : change.writes()) if (write instanceof Write.Step step) steps.add(step.step());
        note(steps);
    }

    /** These are as they are written. */
    void note(List<StepRecord> steps) {
        for (StepRecord step : steps) newest.put(step.key(), step);
        if (!steps.isEmpty()) bell.ring();
    }

    void ring() {
        bell.ring();
    }

    /** Waits for a ring. */
    void await(Duration limit) throws InterruptedException {
        bell.await(limit);
    }
}
