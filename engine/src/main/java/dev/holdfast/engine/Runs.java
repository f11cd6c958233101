package dev.holdfast.engine;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueView;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.SnapshotWindow;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything one can ask of runs, in JSON: what the HTTP API and the Java client are made of.
 *
 * <p>Every method throws {@link Refused} with a stable code if the request cannot be granted (nothing was changed), and
 * {@link Unavailable} if the ledger cannot be reached (try again with the same request id). Codes: {@code task_unknown},
 * {@code input_invalid}, {@code input_too_large}, {@code nul_character}, {@code name_invalid}, {@code run_unknown},
 * {@code cursor_unknown}, {@code request_id_reused}, {@code run_not_finished}, {@code run_finished},
 * {@code token_unknown}, {@code token_completed}, {@code lane_required}, {@code limit_invalid},
 * {@code debounce_invalid}; {@code ledger_read_only},
 * {@code disk_full}, {@code closing}; {@code replica_unavailable} of lists and snapshots; of a node among several {@code suspended}, {@code fenced}.
 */
public interface Runs {
    /** Starts a run. When it returns, the run is durable. */
    Started start(StartRequest request);

    /**
     * Starts a run in a transaction of the caller's: it is there exactly if that commits, and waits for its turn from then on.
     *
     * @param transaction to the database in which the ledger is, not in autocommit mode
     * @throws Refused {@code transaction_unsupported} if the ledger is in no database that the caller could have a connection
     *     to; {@code connection_autocommit}, {@code connection_foreign}, {@code transaction_failed}, {@code
     *     transaction_read_only}; and whatever a start can be refused for
     * @throws Unavailable {@code transaction_outdated}, {@code key_busy} too: roll back, and do all of it again
     */
    default Started start(Connection transaction, StartRequest request) {
        throw new Refused(
                "transaction_unsupported", "runs are started in a transaction by the node in this process only");
    }

    /**
     * Starts several runs at once: all of them, or none.
     *
     * @param requestId by which a repetition of the whole is recognised; null for none
     */
    List<Started> startAll(List<StartRequest> requests, @Nullable String requestId);

    RunView show(Namespace namespace, RunId id);

    /** Newest first. */
    List<Run> list(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit);

    /** How far it has come, for whoever waits for its end; empty if there is no such run. */
    Optional<Reads.Reached> reached(Namespace namespace, RunId id);

    /**
     * Snapshots after a cursor. One that is not of this run, whoever's it is, is {@code cursor_unknown}.
     *
     * @param since the seq of the cursor; 0 is the start
     * @param atLeast a seq that the caller was told of, by a hint: who answers has come so far, if the run has; 0 for none
     */
    SnapshotWindow snapshots(Namespace namespace, RunId id, long since, long atLeast);

    /** The answer to a cursor that is none of this run's: the same, whether it is another's or of nobody. */
    static Refused cursorUnknown(RunId id, String cursor) {
        return new Refused(
                "cursor_unknown",
                "'" + cursor + "' is not a position of " + id + "; they look like " + id + ".5, and 0 is the start");
    }

    /**
     * Starts a run that does again what this one does, by the code that is hosted now: with its input, tags and lane, and
     * from a step on with all that was recorded before that step. What was sent before it is not sent again.
     *
     * @param from key or name of the first step that is done again; null for all of it
     * @throws dev.holdfast.core.Refused {@code step_unknown}, {@code step_cancelled} if the run was cancelled before that
     *     step, and whatever a start can be refused for
     */
    Started rerun(Namespace namespace, RunId id, @Nullable String from, @Nullable String requestId);

    /** Asks for the run to be stopped. Durable when it returns; a run that has ended stays as it is. */
    void cancel(Namespace namespace, RunId id, @Nullable String requestId);

    /**
     * Sends a signal to a run. Durable when it returns; kept until it is waited for. Two calls are two signals, unless
     * they have the same request id.
     */
    void signal(Namespace namespace, RunId id, Sent sent, @Nullable String requestId);

    /**
     * A signal.
     *
     * @param name of the signal
     * @param json its value
     */
    record Sent(String name, String json) {}

    /** Completes a token with a value, in JSON. The first value counts. */
    void complete(Namespace namespace, String token, String json, @Nullable String requestId);

    /** Removes a finished run and all that is its own. */
    void delete(Namespace namespace, RunId id, @Nullable String requestId);

    /** The queues that have runs, or were paused or configured, by name. */
    List<QueueView> queues(Namespace namespace);

    /** The lanes of a queue that have something to do or are paused, by name; {@code after} is the last one seen. */
    List<LaneView> lanes(Namespace namespace, String queue, @Nullable Lane after, int limit);

    /**
     * Changes what a queue, or one lane of it, allows: as one change, and nothing that it does not name. What executes
     * goes on, also beyond a lower limit.
     */
    void change(Namespace namespace, String queue, QueueChange.What what, @Nullable String requestId);

    /** What starts runs by the clock. */
    Schedules schedules();

    /** Runs that follow one another as the turns of a conversation. */
    Conversations conversations();

    /** Why the run does not progress right now, and what happens next. */
    Explanation explain(Namespace namespace, RunId id);

    /**
     * Watches a run from a position in its story on: {@code null} from the beginning, {@code now} from where it is now,
     * otherwise the id of the last frame that was received.
     */
    Watch watch(Namespace namespace, RunId id, @Nullable String after);
}
