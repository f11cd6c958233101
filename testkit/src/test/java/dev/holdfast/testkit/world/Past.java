package dev.holdfast.testkit.world;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.engine.Started;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A past that is made up, one event after the other, so that a check is shown what no engine would do. */
final class Past {
    private static final Holder NODE = new Holder(Holder.Kind.NODE, 1, 1);

    final List<Event> events = new ArrayList<>();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long ids;

    void pass(long millis) {
        now = now.plusMillis(millis);
    }

    void add(Event event) {
        events.add(event);
    }

    private Run start(Run.Origin origin, Command.Timing timing) {
        var policy = new Run.Policy(Retry.none(), Defaults.GIVE_UP_AFTER, null);
        var command = new Command.Start(new RunId(1, ++ids), origin, policy, "queue", null, timing);
        return Rules.start(command, now).next();
    }

    private static Run.Origin origin(List<String> tags, Run.@Nullable Rerun rerun) {
        return new Run.Origin(Namespace.DEFAULT, "task", "1", null, tags, null, rerun);
    }

    /** A run begins. */
    Run begins(String input, String... tags) {
        Run run = start(origin(List.of(tags), null), Command.Timing.NOW);
        add(new Event.Began(now, run, input, List.of()));
        return run;
    }

    /** … that does again what another has done. */
    Run begins(Run of, @Nullable StepKey from, StepRecord... steps) {
        Run run = start(origin(List.of(), new Run.Rerun(of.id(), from)), Command.Timing.NOW);
        add(new Event.Began(now, run, "1", List.of(steps)));
        return run;
    }

    /** … that waits for further starts. */
    Run begins(String input, Duration quiet) {
        Run run = start(origin(List.of(), null), debounced(quiet));
        add(new Event.Began(now, run, input, List.of()));
        return run;
    }

    private static Command.Timing debounced(Duration quiet) {
        return new Command.Timing(Duration.ZERO, null, Duration.ZERO, new Command.Debounce("key", quiet));
    }

    Run postponed(Run run, String input, Duration quiet) {
        Run next = decide(run, new Command.Postpone(debounced(quiet)));
        add(new Event.Postponed(now, now, next, input));
        return next;
    }

    Run claimed(Run run, String input) {
        Run next = decide(run, new Command.Claim(NODE));
        add(new Event.Claimed(now, next, input));
        return next;
    }

    /** It is claimed, although nobody should have. */
    void claimedAnyhow(Run run, String input) {
        add(new Event.Claimed(now, run, input));
    }

    /** A run that executes ends. */
    Run ended(Run run) {
        var by = new Fence.By(run.fence().epoch(), NODE);
        Run next = decide(run, new Command.Succeed(by));
        add(new Event.Ended(now, next));
        return next;
    }

    private Run decide(Run run, Command command) {
        return ((Decision.Transition) Rules.decide(run, command, now)).next();
    }

    void told(String request, Run... runs) {
        var started = Stream.of(runs)
                .map(run -> new Started(run.id(), Started.How.NEW))
                .toList();
        add(new Event.Told(now, request, started));
    }

    static StepRecord step(int key, long epoch, String result) {
        return StepRecord.done(StepKey.of(key), "step " + key, epoch, 1, result);
    }

    /** With what a rerun draws the random numbers of this run. */
    static StepRecord random(Run of) {
        return StepRecord.done(
                StepKey.RANDOM, StepKey.RANDOM.path(), 0, 1, '"' + of.id().toString() + '"');
    }

    static StepRecord gone(int key, Run child) {
        var waits = StepRecord.waiting(StepKey.of(key), "child", 1, new Wait.Child(child.id()));
        return waits.broke(Outcome.SYSTEM_FAILURE, RunError.ours("run_deleted", "gone"));
    }
}
