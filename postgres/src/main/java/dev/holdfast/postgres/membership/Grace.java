package dev.holdfast.postgres.membership;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a free lock is a proof. One that was taken in this life of the server was let go since; one that was taken in an earlier
 * life went with that, and its owner has some time to come back, counted from this node's own first answer.
 */
final class Grace {
    private final long grace;
    private @Nullable ServerLife life;
    private long since;

    Grace(Duration grace) {
        this.grace = grace.toNanos();
    }

    /** An answer of the server in this life, at this moment. */
    void answered(ServerLife now, long nanos) {
        if (now.equals(life)) return;
        life = now;
        since = nanos;
    }

    /** Whether it may be asked for. */
    boolean isProof(ServerLife taken, long nanos) {
        return taken.equals(life) || isOver(nanos);
    }

    boolean isOver(long nanos) {
        return life != null && nanos - since >= grace;
    }
}
