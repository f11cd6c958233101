package dev.holdfast.testkit;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.Source;
import dev.holdfast.sdk.Attempt;
import dev.holdfast.sdk.ChildStart;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Ending;
import dev.holdfast.sdk.Execution;
import dev.holdfast.sdk.Handler;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One recorded run, replayed against code that may be newer: an attempt whose ledger is a file. It ends at the first step
 * that is not recorded, before its body.
 */
final class Replay implements Attempt {
    private final Recorded run;
    private final Map<StepKey, StepRecord> steps;
    private int asked;
    private Run.@Nullable Parked mismatch;

    /** Leaves the code where what is recorded ends. */
    private static final class Frontier extends Error {
        Frontier() {
            super("here the recorded steps end", null, false, false);
        }
    }

    private Replay(Recorded run) {
        this.run = run;
        this.steps = new TreeMap<>(run.steps());
    }

    static int all(Handler<?, ?> code, Path folder) {
        String task = code.task().name();
        List<Recorded> runs =
                Recorded.all(folder).stream().filter(r -> r.task().equals(task)).toList();
        if (runs.isEmpty()) throw new AssertionError("there is no recorded run of task '" + task + "' in " + folder);
        var wrong = new ArrayList<String>();
        for (Recorded each : runs) {
            new Replay(each).against(code).ifPresent(why -> wrong.add("\n  " + each.id() + ": " + why));
        }
        if (wrong.isEmpty()) return runs.size();
        throw new AssertionError(wrong.size() + " of " + runs.size() + " recorded runs of task '" + task
                + "' would not replay with this code:" + String.join("", wrong));
    }

    /** Why it would not replay. */
    private Optional<String> against(Handler<?, ?> code) {
        Ending ending;
        try {
            ending = Execution.run(code, this, run.input(), Codec.json());
        } catch (Frontier end) {
            return Optional.empty();
        }
        Run.Parked found = mismatch;
        if (found != null) {
            return Optional.of("at key %s '%s' is recorded, and the code calls '%s'"
                    .formatted(found.key(), found.recorded(), found.called()));
        }
        if (ending instanceof Ending.Threw threw
                && (run.facts().outcome() == Outcome.SUCCEEDED
                        || threw.error().type().equals("holdfast"))) {
            return Optional.of("the code fails: " + threw.error().message());
        }
        return steps.values().stream()
                .filter(step -> step.key().number() > asked)
                .findFirst()
                .map(step -> "the code ends before key %s, where '%s' is recorded".formatted(step.key(), step.name()));
    }

    @Override
    public RunId run() {
        return run.id();
    }

    @Override
    public int number() {
        return run.facts().attempt();
    }

    @Override
    public long epoch() {
        return run.facts().epoch();
    }

    @Override
    public Optional<Instant> scheduledAt() {
        return Optional.ofNullable(run.facts().scheduledAt());
    }

    @Override
    public @Nullable StepRecord recorded(StepKey key) {
        asked = Math.max(asked, key.number());
        return steps.get(key);
    }

    @Override
    public int replayedThrough() {
        return dev.holdfast.core.stream.Standing.of(List.copyOf(run.steps().values()))
                .through();
    }

    @Override
    public Answer record(StepRecord step) {
        // A marker is a fact about the code, and takes no key.
        if (step.key().number() > 0) throw new Frontier();
        steps.put(step.key(), step);
        return Answer.KEPT;
    }

    @Override
    public void delivered() {}

    @Override
    public Answer park(Run.Parked why) {
        mismatch = why;
        return Answer.KEPT;
    }

    @Override
    public void begin(StepKey key, int tries) {
        throw new Frontier();
    }

    @Override
    public void send(Source source, String json) {}

    @Override
    public Standing standing() {
        return Standing.GOING;
    }

    @Override
    public Instant now() {
        // Whatever is waited for has come.
        return Instant.parse("9999-12-31T00:00:00Z");
    }

    @Override
    public double dice() {
        return 0;
    }

    @Override
    public void pause(Duration time) {}

    /** What is recorded has come; what is not, is beyond the end. */
    @Override
    public Waited await(Wish wish) {
        boolean over = wish.on().isOver(key -> {
            StepRecord step = steps.get(key);
            return step == null || !step.isFinal();
        });
        if (!over) throw new Frontier();
        return Waited.OVER;
    }

    @Override
    public void wake() {}

    /** Nothing executes beside. */
    @Override
    public void settle(BooleanSupplier over) {}

    @Override
    public Thread beside(String name, Runnable body) {
        return Thread.currentThread();
    }

    @Override
    public Answer start(ChildStart child) {
        throw new Frontier();
    }

    @Override
    public Answer token(StepKey key, String name, Duration open) {
        throw new Frontier();
    }

    @Override
    public Alarm interruptAfter(Duration time) {
        throw new Frontier();
    }
}
