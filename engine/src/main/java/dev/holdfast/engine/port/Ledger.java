package dev.holdfast.engine.port;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.core.Unavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where runs are written down. One port; every implementation passes the same contract suite.
 *
 * <p><b>Group commit.</b> Concurrent callers hand in changes and wait. What is waiting is committed as one transaction,
 * without an artificial delay: a batch is whatever queued up while the last one was committing. Each caller gets its own
 * answer, and nothing is answered before it is durable.
 *
 * <p><b>Poison.</b> A batch that fails for its content is taken apart: the culprit alone gets
 * {@link Receipt.Rejected}; its neighbours succeed.
 *
 * <p><b>Waiting</b> is not interruptible: an interrupt stays pending, so that user code that is being cancelled never
 * leaves a commit whose answer nobody knows.
 */
public interface Ledger extends AutoCloseable {
    /**
     * Commits a change together with whatever else is waiting.
     *
     * @throws Unavailable if the ledger could not be written
     */
    default Receipt commit(Change change) {
        return commit(List.of(change)).getFirst();
    }

    /**
     * Commits several changes; each has its own answer, in the order given, as if each had been handed in by its own
     * caller.
     *
     * @throws Unavailable if the ledger could not be written
     */
    List<Receipt> commit(List<Change> changes);

    /**
     * Gives runs that nothing stands against to a holder, in order. It is committed with what is waiting: a start that
     * was handed in before it is seen by it, so a start and its claim are usually one commit. A holder that is not alive
     * gets nothing.
     *
     * @param wish asked by the transaction that gives, by any thread, and anew if that begins anew: it may have waited for others,
     *     and meanwhile attempts have left. It is quick and throws nothing
     */
    List<Claimed> claim(Supplier<Claim> wish);

    /** The same with a wish that stays as it is. */
    default List<Claimed> claim(Claim wish) {
        return claim(() -> wish);
    }

    /**
     * From now on this one is asked for a claim where runs are started or queued again that can be claimed, and nobody has handed
     * one in. Only a ledger that {@link #asksTakers asks} does so, and not for children.
     *
     * @param taker in the place of who was named before
     */
    default void takes(Taker taker) {}

    /** Whether whoever takes runs need not be woken before they are written, to have them in that very commit. */
    default boolean asksTakers() {
        return false;
    }

    /** Moves due runs into the claim index, and looks for whatever is due for this node. At most {@code limit} of each. */
    Tick tick(Holder node, int limit);

    /** Changes what a queue or a lane allows; seen by every later claim. */
    Receipt change(QueueChange change);

    /** Writes a schedule, unless it is not as it was read any more ({@link Receipt.Stale}). */
    Receipt change(ScheduleChange change);

    /**
     * Runs that have ended and keep their slots because their code still executes on this node, or on one that is not alive;
     * at most {@code limit}. What lingers on another live node is that one's to tell.
     */
    List<Run> lingering(Holder node, int limit);

    /**
     * Runs whose holder is not alive, at most {@code limit}: they are lost. Where there is one process that is everybody but
     * this node.
     */
    List<Run> orphans(Holder node, int limit);

    /** Runs that exactly this node holds, at most {@code limit}. */
    List<Run> held(Holder node, int limit);

    /** Parked runs, at most {@code limit}. */
    List<Run> parked(int limit);

    /**
     * Forgets answers to request ids, and frees business keys, that have expired, and finds lanes that claims do not know
     * of any more; at most {@code limit} of each.
     *
     * @return whether there may be more
     */
    boolean forget(Instant now, int limit);

    /**
     * Removes runs that ended before this, with all that is theirs, unless they hold their business key for longer,
     * something is left to be done for them, or a message in some inbox still tells of their end. A look goes through the
     * runs in pieces; the next one begins anew.
     *
     * @param limit runs that are looked at: a piece is done while everybody else waits
     */
    Discarded discard(Instant endedBefore, int limit);

    /** Changes in one transaction with what user code writes; empty where user code cannot use the ledger's database. */
    default Optional<Transactions> transactions() {
        return Optional.empty();
    }

    /** Reads the primary: the freshness PRIMARY. */
    Reads reads();

    /** Reads what may be behind: the freshness REPLICA_OK. The primary, where there is no replica. */
    default ReplicaReads replicaReads() {
        return reads();
    }

    /** The ledger's clock: the database's where there are several nodes. */
    Instant now();

    /** The sizes of the newest batches and other figures, by name; for metrics and the benchmark. */
    LedgerFigures figures();

    /** Commits what is waiting, then refuses. */
    @Override
    void close();
}
