package dev.holdfast.engine.port;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.Admission;
import java.util.List;
import java.util.function.Consumer;

/**
 * A wish for work. A holder that is not alive is given nothing, whenever its wish arrives: that is checked in the
 * transaction that gives.
 *
 * @param holder who will hold the runs
 * @param admission what it can take now; a run with an {@link dev.holdfast.engine.Obstacle} is not given, and a suspect
 *     only if it is the first, and then alone
 * @param max how many at most
 * @param alive how many nodes share the work. Of what waits, one claim is given at most its {@link #share}, so that one
 *     idle node does not swallow everything; what was started on this very node in the same transaction may come beside that,
 *     as where all that waits gets a slot
 * @param told is called with what is given, once that is durable and before anybody hears that it was started: so whoever
 *     waits for a run that he has just started finds it held here. It is quick and throws nothing
 */
public record Claim(Holder holder, Admission admission, int max, int alive, Consumer<List<Claimed>> told) {
    public Claim {
        if (alive < 1) throw new IllegalArgumentException(holder + " is alive, so there are not " + alive + " nodes");
    }

    /** Nobody is told but the caller. */
    public Claim(Holder holder, Admission admission, int max, int alive) {
        this(holder, admission, max, alive, given -> {});
    }

    /** Of the only node. */
    public Claim(Holder holder, Admission admission, int max) {
        this(holder, admission, max, 1);
    }

    /**
     * How many of those that wait it is given at most: one, or its part of them.
     *
     * @param waiting how many wait
     */
    public long share(long waiting) {
        return Math.max(1, Math.ceilDiv(waiting, alive));
    }

    /** How many must be counted to know the share: what goes beyond this makes no odds. */
    public long countUpTo() {
        return (long) max * alive;
    }
}
