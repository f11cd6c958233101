package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Transactions;
import java.sql.Connection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Begins runs: one, many as one change, or one that does again what another has done. */
final class Beginning {
    private final Desk desk;
    private final Ports ports;
    private final Starts starts;
    private final Postponing postponing;
    private final Door door;

    Beginning(Desk desk, Starts starts, Door door) {
        this.desk = desk;
        this.ports = desk.ports();
        this.starts = starts;
        this.postponing = new Postponing(desk, starts);
        this.door = door;
    }

    Started start(StartRequest wish) {
        Started started = one(wish);
        return wish.options().timing().debounce() == null ? started : debounced(wish, started);
    }

    private Started one(StartRequest wish) {
        return begin(
                        () -> Asked.start(wish)
                                .by(wish.namespace(), wish.identity().requestId(), ""),
                        () -> starts.change(wish))
                .getFirst();
    }

    /** Until it has moved the run that holds the key, or has begun one because that had begun or ended. */
    private Started debounced(StartRequest wish, Started held) {
        Started answer = held;
        while (answer.how() == Started.How.KEY_HELD) {
            Started postponed =
                    postponing.postpone(starts.change(wish), wish.options().timing(), answer.id());
            answer = postponed != null ? postponed : one(wish);
        }
        return answer;
    }

    /** In the transaction of somebody else. Nobody is told here: it may be rolled back. */
    Started start(Connection theirs, StartRequest wish) {
        door.demandOpen();
        Transactions transactions = ports.ledger()
                .transactions()
                .orElseThrow(() -> new Refused(
                        "transaction_unsupported",
                        "a run cannot be started in a transaction of yours here: the ledger of this node is in no database"
                                + " that you could have a connection to. Join a cluster on PostgreSQL, or start it without"
                                + " a connection"));
        Change change = starts.apart(wish);
        return starts.started(change, transactions.write(theirs, change)).getFirst();
    }

    /** @param wishes at least one */
    List<Started> startAll(List<StartRequest> wishes, @Nullable String requestId) {
        Starts.noneIsDebounced(wishes);
        return begin(
                () -> Asked.batch(wishes).by(wishes.getFirst().namespace(), requestId, ""),
                () -> starts.together(wishes, requestId));
    }

    Started rerun(Namespace namespace, RunId id, @Nullable String from, @Nullable String requestId) {
        return begin(() -> Asked.rerun(id, from).by(namespace, requestId, ""), () -> {
                    var old = ports.ledger().reads().view(namespace, id).orElseThrow(() -> Engine.unknown(id));
                    return starts.rerun(old, from, requestId);
                })
                .getFirst();
    }

    /**
     * Carries out the change that begins a run, or many.
     *
     * @param asked what a repetition is known by: only needed if there is no change that says so itself
     */
    private List<Started> begin(Supplier<@Nullable Request> asked, Supplier<Change> begins) {
        Change change;
        try {
            change = begins.get();
        } catch (Refused e) {
            // What cannot be done any more may have been done before: the answer of that time stands.
            if (Asked.before(ports, asked.get()) instanceof Receipt.Repeated first)
                return Starts.repeated(first.answer());
            throw e;
        }
        door.demandOpen();
        desk.aboutToQueue();
        Receipt receipt = ports.ledger().commit(change);
        List<Started> started = starts.started(change, receipt);
        if (receipt instanceof Receipt.Applied) {
            for (Change each : Starts.begun(change)) {
                desk.meters().started();
                desk.announce(each);
            }
        }
        return started;
    }
}
