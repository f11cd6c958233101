package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a start does that meets a run with its debounce key: it gives that its input and has it wait again, as one change.
 * The fence says whether it has begun meanwhile, or somebody else has moved it: then it is read again.
 */
final class Postponing {
    private final Desk desk;
    private final Starts starts;

    Postponing(Desk desk, Starts starts) {
        this.desk = desk;
        this.starts = starts;
    }

    /**
     * @param start the change that would begin a run
     * @param by who holds the key
     * @return null if that does not hold it any more
     */
    @Nullable
    Started postpone(Change start, Command.Timing timing, RunId by) {
        var ledger = desk.ports().ledger();
        while (true) {
            Run run = ledger.reads().run(by).orElse(null);
            if (run == null || run.place().debounce() == null) return null;
            Instant now = ledger.now();
            var overdue = run.times().deadlines().due(now).orElse(null);
            if (overdue != null) {
                desk.decideAll(List.of(run), r -> new Command.DeadlineCame(overdue), () -> {});
                continue;
            }
            var decision = Rules.decide(run, new Command.Postpone(timing), now);
            if (!(decision instanceof Decision.Transition transition)) continue;
            Change change = change(start, run, transition, now);
            Receipt receipt = ledger.commit(change);
            if (receipt instanceof Receipt.Stale) continue;
            Started answer = starts.started(change, receipt).getFirst();
            if (answer.how() != Started.How.NEW) return answer;
            desk.announce(change);
            return new Started(by, Started.How.POSTPONED);
        }
    }

    private Change change(Change start, Run run, Decision.Transition transition, Instant now) {
        var id = desk.ports().ids().next();
        var writes = new ArrayList<Write>();
        writes.add(new Write.Row(transition.next()));
        writes.add(new Write.Snap(Snapshot.of(transition.next(), transition.cause(), now, id)));
        for (Write write : start.writes()) {
            if (write instanceof Write.Payload input) writes.add(new Write.Replace(input.json()));
        }
        Request asked = start.request();
        Request request = asked == null
                ? null
                : new Request(
                        asked.namespace(),
                        asked.id(),
                        asked.fingerprint(),
                        run.id().toString());
        return new Change(id, run.id(), Expect.asRead(run), request, writes);
    }
}
