package dev.holdfast.testkit;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes for tests that are not about the rules. */
public final class Changes {
    private Changes() {}

    /** Of a run of task {@code t} that waits in the default queue. */
    public static Change start(Ids ids, Instant now, String input) {
        return start(ids, now, input, null);
    }

    public static Change start(Ids ids, Instant now, String input, @Nullable Lane lane) {
        return start(ids, now, input, lane, Defaults.QUEUE);
    }

    public static Change start(Ids ids, Instant now, String input, @Nullable Lane lane, String queue) {
        RunId id = RunId.of(ids.next());
        var start = Rules.start(
                new Command.Start(
                        id,
                        new Run.Origin(Namespace.DEFAULT, "t", "1", null, List.of(), null),
                        new Run.Policy(Retry.exponential(3), Defaults.GIVE_UP_AFTER, null),
                        queue,
                        lane,
                        Command.Timing.NOW),
                now);
        var change = ids.next();
        return new Change(
                change,
                id,
                new Expect.Absent(),
                null,
                List.of(
                        new Write.Row(start.next()),
                        new Write.Snap(Snapshot.of(start.next(), start.cause(), now, change)),
                        new Write.Payload(Write.Payload.Kind.INPUT, input)));
    }

    public static Change succeed(Ids ids, Instant now, Run run, String output) {
        var by = new Fence.By(run.fence().epoch(), holder(run));
        return transition(
                ids,
                now,
                run,
                new Command.Succeed(by),
                new Write.Payload(Write.Payload.Kind.OUTPUT, output),
                new Write.End(new StreamEnd(0L, List.of())),
                new Write.ClearInbox());
    }

    /** What this command does to the run, as it was read. */
    public static Change of(Ids ids, Instant now, Run run, Command command, Write... more) {
        return transition(ids, now, run, command, more);
    }

    /** Back to the queue, without blame. */
    public static Change release(Ids ids, Instant now, Run run) {
        return transition(ids, now, run, new Command.Lost(holder(run), Command.Blame.NOT_COUNTED));
    }

    private static Holder holder(Run run) {
        var holder = run.fence().holder();
        if (holder == null) throw new IllegalArgumentException(run.id() + " has no holder");
        return holder;
    }

    private static Change transition(Ids ids, Instant now, Run run, Command command, Write... more) {
        if (!(Rules.decide(run, command, now) instanceof Decision.Transition next)) {
            throw new IllegalArgumentException(run.id() + " does not move by " + command);
        }
        var change = ids.next();
        var writes = new ArrayList<Write>(List.of(more));
        writes.add(new Write.Row(next.next()));
        writes.add(new Write.Snap(Snapshot.of(next.next(), next.cause(), now, change)));
        return new Change(change, run.id(), Expect.asRead(run), null, writes);
    }
}
