package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Write;
import java.util.List;

/**
 * What is left to do after the end of a run: its children are cancelled, in bounded batches. Whoever dies half way leaves
 * the message that asks for it, and a child that is asked twice is cancelled once.
 */
final class Finalising {
    private static final int BATCH = 256;

    private Finalising() {}

    /** Whether all of it is done, so that the message that asks for it can go. */
    static boolean of(Desk desk, Run ended) {
        var ports = desk.ports();
        List<RunId> children = ports.ledger().reads().children(ended.id(), BATCH);
        List<Change> cancels =
                children.stream().map(child -> cancel(ports, child)).toList();
        if (!cancels.isEmpty()) ports.ledger().commit(cancels);
        children.forEach(desk::post);
        return children.size() < BATCH;
    }

    private static Change cancel(Ports ports, RunId child) {
        var message = Message.cancel(ports.ids().next());
        return new Change(ports.ids().next(), child, new Expect.Alive(), null, List.of(new Write.Post(child, message)));
    }
}
