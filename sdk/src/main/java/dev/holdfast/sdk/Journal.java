package dev.holdfast.sdk;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunFailed;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepFailed;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Thrown;
import dev.holdfast.core.Wait;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of a run, read in the order of its code: one counter, taken at the call. It also remembers which
 * failures were delivered when, because a failure that leaves the body takes everything after it to history.
 */
final class Journal {
    private static final TypeRef<Outcome> OUTCOME = TypeRef.of(Outcome.class);

    private final Attempt attempt;
    private final Codec codec;
    private final Leaving leaving;
    private final String version;
    private int taken;
    private int markers;
    private final Map<StepKey, Integer> takenAtFailure = new HashMap<>();
    private final Map<RunId, StepKey> children = new HashMap<>();

    Journal(Attempt attempt, Codec codec, Leaving leaving, String version) {
        this.attempt = attempt;
        this.codec = codec;
        this.leaving = leaving;
        this.version = version;
    }

    /** The next key. */
    StepKey take() {
        limit();
        taken++;
        return StepKey.of(taken);
    }

    private void limit() {
        if (taken + markers < Defaults.STEPS_PER_RUN) return;
        throw leaving.refuse(
                "steps_limit",
                "Run %s has taken %d steps and changes, which is the limit: let one step do more, or divide the work among several runs."
                        .formatted(attempt.run(), taken + markers));
    }

    /** Whether nothing is recorded at this place or after it, or the change was there when something was. */
    boolean isNewEnough(String change) {
        StepKey marker = StepKey.marker(change);
        boolean marked = isRecorded(marker);
        if (!marked && leaving.ask(attempt::replayedThrough) > taken) return false;
        limit();
        markers++;
        if (!marked) leaving.keep(StepRecord.done(marker, change, attempt.epoch(), 1, "true"));
        return true;
    }

    /** What is recorded at this key now, whatever it is called; null for nothing. */
    @Nullable
    StepRecord recorded(StepKey key) {
        return leaving.<@Nullable StepRecord, RuntimeException>ask(() -> attempt.recorded(key));
    }

    /** What is recorded at the key of a step that is over. */
    StepRecord over(StepKey key) {
        StepRecord found = recorded(key);
        if (found == null) throw new IllegalStateException("step " + key + " is over and not recorded");
        return found;
    }

    /** The run whose random numbers these are: a rerun draws those of the run whose steps it has taken over. */
    RunId numbersOf() {
        StepRecord marker = recorded(StepKey.RANDOM);
        if (marker == null) return attempt.run();
        return RunId.parse(replay(marker, TypeRef.of(String.class)))
                .orElseThrow(() -> new IllegalStateException("run " + attempt.run() + " does not say whose numbers"));
    }

    private boolean isRecorded(StepKey key) {
        return recorded(key) != null;
    }

    /** Whether anything is recorded of the run, in this epoch or before. For when user code has been left. */
    boolean hasRecords() {
        return taken > 0 || attempt.recorded(StepKey.of(1)) != null;
    }

    int taken() {
        return taken;
    }

    /**
     * What is recorded for this call; null for nothing.
     *
     * @throws Unwind.Cancelled if cancel was delivered here
     * @throws Unwind.GivenUp if another name is recorded here: the run is parked
     */
    @Nullable
    StepRecord find(StepKey key, String name) {
        StepRecord found = findBegun(key, name);
        if (found != null && found.status() == StepRecord.Status.CANCELLED) throw leaving.cancelled();
        return found;
    }

    /** The same for something that is only begun here: a cancel that was delivered to it is thrown when it is joined. */
    @Nullable
    StepRecord findBegun(StepKey key, String name) {
        StepRecord found = recorded(key);
        if (found == null || found.status() == StepRecord.Status.CANCELLED) return found;
        if (!found.name().equals(name)) throw park(key, found.name(), name);
        return found;
    }

    private Unwind park(StepKey key, String recorded, String called) {
        var mismatch = new Run.Parked(version, key, recorded, called);
        if (leaving.ask(() -> attempt.park(mismatch)) == Attempt.Answer.SUPERSEDED) return leaving.superseded();
        return leaving.givenUp("""
                Run %s is parked: at key %s its code (version %s) called '%s', but '%s' is recorded there. \
                A body must call the same steps in the same order in every replay; the classic mistake is to iterate \
                a HashMap or a HashSet around steps. Host code that fits, or branch with ctx.changed(…).""".formatted(attempt.run(), key, version, called, recorded));
    }

    /** The value of a step that is DONE; throws what was recorded if it FAILED. */
    <T extends @Nullable Object> T replay(StepRecord record, TypeRef<T> type) {
        if (record.status() == StepRecord.Status.FAILED) throw failed(record);
        String json = record.result() == null ? "null" : record.result();
        try {
            return codec.decode(json, type);
        } catch (Refused e) {
            throw leaving.refuse(
                    "step_unreadable",
                    "In run %s the result of step %s '%s' cannot be read as %s: %s It was recorded by code with another type: host that code, or give the step another name behind ctx.changed(…)."
                            .formatted(attempt.run(), record.key(), record.name(), type, e.getMessage()));
        }
    }

    private HoldfastException failed(StepRecord record) {
        takenAtFailure.putIfAbsent(record.key(), taken);
        RunError error = record.error();
        if (error == null) error = RunError.ours("step_failed", "its error was not recorded");
        if (record.awaits() instanceof Wait.Child child && record.result() != null) {
            children.put(child.run(), record.key());
            return new RunFailed(child.run(), codec.decode(record.result(), OUTCOME), error);
        }
        return new StepFailed(record.key(), record.name(), error);
    }

    /** The step of this run whose failure is this throwable or one of its causes; null if there is none. */
    @Nullable
    StepKey failureIn(Throwable thrown) {
        for (Throwable t : Thrown.causes(thrown)) {
            if (t instanceof StepFailed failure && takenAtFailure.containsKey(failure.key())) return failure.key();
            StepKey child = t instanceof RunFailed failure ? children.get(failure.run()) : null;
            if (child != null) return child;
        }
        return null;
    }

    /** The step and every key taken after its failure was delivered. */
    List<StepKey> since(StepKey failure) {
        var keys = new ArrayList<StepKey>();
        keys.add(failure);
        int first = takenAtFailure.getOrDefault(failure, taken);
        for (int n = first + 1; n <= taken; n++) keys.add(StepKey.of(n));
        return keys;
    }
}
