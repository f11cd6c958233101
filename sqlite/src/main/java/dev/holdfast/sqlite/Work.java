package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something to do in a transaction, by the writer's thread. It may be done more than once before it is committed, and is
 * answered once, after the commit.
 */
abstract class Work<T> {
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable T done;
    private @Nullable Refused refused;

    /**
     * Does it.
     *
     * @throws Refused if it cannot be written, for its content; what it has written by then is undone
     */
    abstract T in(Transaction transaction) throws SQLException;

    /** What is answered if it was refused; null to throw it. */
    @Nullable
    T refusal(Refused why) {
        return null;
    }

    /** Whether it comes after all others of its transaction. */
    boolean isLast() {
        return false;
    }

    /** Once it is done: how many changes it was, as the sizes of batches are counted. */
    int changes() {
        return 1;
    }

    /** Undoes, in a later transaction, what was committed although nobody could be told. */
    void disown(Transaction transaction) throws SQLException {}

    final void perform(Transaction transaction) throws SQLException {
        refused = null;
        done = in(transaction);
    }

    final void refuse(Refused why) {
        done = null;
        refused = why;
    }

    /** Its transaction is durable, and nobody has been told yet. */
    void durable() {}

    /** Its transaction is durable. */
    final void committed(BatchFigures figures) {
        Refused why = refused;
        T result = why == null ? done : refusal(why);
        figures.answered(this, result);
        if (result != null) answer.complete(result);
        else if (why != null) answer.completeExceptionally(why);
        else answer.completeExceptionally(new IllegalStateException("committed before it was done"));
    }

    final void failed(RuntimeException why) {
        answer.completeExceptionally(why);
    }

    /** Waits for the answer; an interrupt stays pending. */
    final CompletableFuture<T> answer() {
        return answer;
    }
}
