package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Write;
import java.util.ArrayList;
import java.util.List;

/**
 * What must go with the steps of a failed attempt that the next one does not replay: what they have taken is put back, and
 * the children that they have started are cancelled. (Tokens go with the step that has opened them.)
 */
final class Undoing {
    private Undoing() {}

    /** @param failed the run as it was when its attempt failed */
    static List<Write> of(Run failed, List<StepKey> steps, Recorded recorded, Ports ports) {
        var writes = new ArrayList<Write>();
        writes.add(new Write.ToHistory(failed.tries().attempt(), steps));
        // The last one first: what was taken first is to be taken first again.
        for (StepKey key : steps.reversed()) {
            StepRecord step = recorded.at(key);
            if (step == null) continue;
            boolean came = step.status() == StepRecord.Status.DONE;
            String json = step.result() == null ? "null" : step.result();
            switch (step.awaits()) {
                case Wait.Signal signal -> {
                    if (came) writes.add(new Write.Keep(signal.name(), json, Write.Keep.Where.FIRST));
                }
                case Wait.Token token -> {
                    if (came) writes.add(new Write.Keep(token.id(), json, Write.Keep.Where.FIRST));
                }
                case Wait.Child child -> {
                    if (!step.isFinal() && endsWith(failed, child.run(), ports)) {
                        var cancel = Message.cancel(ports.ids().next());
                        writes.add(new Write.Post(child.run(), cancel));
                    }
                }
                case null, default -> {}
            }
        }
        return writes;
    }

    /** Not what is detached, nor what somebody else has started. */
    private static boolean endsWith(Run parent, RunId child, Ports ports) {
        return ports.ledger()
                .reads()
                .run(child)
                .map(r -> r.origin().parent())
                .filter(p -> p.run().equals(parent.id()) && p.bond() == Run.Bond.ATTACHED)
                .isPresent();
    }
}
