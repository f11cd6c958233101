package dev.holdfast.sdk;

import dev.holdfast.core.RunError;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Unavailable;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * How a step goes on that is recorded in one transaction with what its body has written. There is one transaction for each
 * try, which begins with it: nothing is open while the step waits for its next.
 */
final class Committing<T extends @Nullable Object> implements StepTries.Course, AutoCloseable {
    private final Leaving leaving;
    private final Attempt attempt;
    private final StepTries.Course here;
    private final Step.SqlBody<T> body;
    private Attempt.@Nullable Transaction open;

    /** @param here how any step goes on that executes on the same thread */
    Committing(Parts parts, StepTries.Course here, Step.SqlBody<T> body) {
        this.leaving = parts.leaving();
        this.attempt = parts.attempt();
        this.here = here;
        this.body = body;
    }

    /** The body of the step. */
    T execute(Step.Scope scope) throws Exception {
        if (!leaving.ask(attempt::transacts)) {
            throw leaving.refuse(
                    "transaction_unsupported",
                    "ctx.transaction(…) records a step in the transaction of its body, and the ledger of this node is in no"
                            + " database that the body could use: join a cluster on PostgreSQL, or write this as a"
                            + " ctx.step(…) that hands its key to whatever it calls.");
        }
        Attempt.Transaction begun = leaving.ask(attempt::transaction);
        open = begun;
        T value = body.run(begun.connection());
        // The last of what the body does: in its time limit, its failure if it is refused, and before anything is
        // locked.
        begun.conclude();
        return value;
    }

    @Override
    public @Nullable RunError keep(Leaving of, StepRecord done) {
        Attempt.Transaction mine = open;
        if (mine == null) throw new IllegalStateException("the body of " + done.name() + " was not executed");
        try {
            if (of.ask(() -> mine.commit(done)) == Attempt.Answer.SUPERSEDED) throw of.superseded();
            return null;
        } catch (SQLException e) {
            return RunError.of(e);
        } finally {
            close();
        }
    }

    /** A session that was lost while the body executed, with nobody interrupting it, is the database's trouble. */
    @Override
    public void undo(StepTries.Broken how) {
        Attempt.Transaction mine = open;
        if (mine == null) return;
        boolean told = leaving.ask(mine::rollback);
        close();
        if (told || how == StepTries.Broken.BY_INTERRUPT) return;
        throw leaving.fail(Unavailable.notApplied(
                "database_unreachable",
                "the session of a transaction was lost while its body executed: nothing was written, and it is executed again",
                null));
    }

    @Override
    public void check() {
        here.check();
    }

    @Override
    public void rest(StepRecord pending) {
        here.rest(pending);
    }

    @Override
    public void cancelled(StepKey key, String name) {
        here.cancelled(key, name);
    }

    /** However the step is left: what was not committed is not there. */
    @Override
    public void close() {
        Attempt.Transaction mine = open;
        open = null;
        if (mine != null) mine.close();
    }
}
