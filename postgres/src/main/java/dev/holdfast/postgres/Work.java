package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Something that is committed with whatever else is waiting. It may be tried more than once, and is answered once. */
abstract sealed class Work<T> permits ChangeWork, AppendWork, ClaimWork {
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable T result;
    private @Nullable T settled;
    private @Nullable Instant aside;

    /**
     * What no other work of the same batch may touch: runs, request ids, keys. Within a batch everything is independent
     * of everything else, so that it can be written table by table.
     */
    abstract Set<Object> touches();

    /** Whether it leaves runs that can be claimed, or claims them: who is woken by the one can be part of the same batch. */
    boolean begins() {
        return false;
    }

    /** The answer to a refusal. */
    abstract T refusal(Refused why);

    /** How many changes it is, as the sizes of batches are counted. */
    int changes() {
        return 1;
    }

    final void becomes(T now) {
        result = now;
    }

    /** Known before the transaction that told it ended, and true whatever becomes of that: it is not tried again. */
    final void settle(T now) {
        settled = now;
    }

    final boolean isSettled() {
        return settled != null || answer.isDone();
    }

    final @Nullable T result() {
        return settled != null ? settled : result;
    }

    /** Somebody else has locked what it wants: its batch goes on without it, and it has its turn in a later one. */
    final void standAside(Instant now) {
        if (aside == null) aside = now;
    }

    /** Nobody has. */
    final void standIn() {
        aside = null;
    }

    final boolean isAside() {
        return aside != null;
    }

    /** For how long it has stood aside. */
    final Duration waited(Instant now) {
        return aside == null ? Duration.ZERO : Duration.between(aside, now);
    }

    /** It cannot be, whatever is beside it. */
    void refused(Refused why) {
        settle(refusal(why));
        committed();
    }

    /** Its batch is durable, and nobody has been told yet. */
    void durable() {}

    /** Its batch is durable. */
    final void committed() {
        T now = result();
        if (now == null) failed(new IllegalStateException("committed before it was done"));
        else if (answer.complete(now)) answered(now);
    }

    final void failed(RuntimeException why) {
        if (answer.completeExceptionally(why)) unanswered();
    }

    /** Whoever handed it in has this answer, for good. */
    void answered(T now) {}

    /** He has an error. */
    void unanswered() {}

    final CompletableFuture<T> answer() {
        return answer;
    }
}
