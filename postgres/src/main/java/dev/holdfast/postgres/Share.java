package dev.holdfast.postgres;

import dev.holdfast.core.Run;
import dev.holdfast.sql.RunRow;
import java.time.Instant;

/** What a run is to its lane: each of them 0 or 1; or a sum or difference of some. */
record Share(long taken, long under, long waiting, long outside) {
    static final Share NONE = new Share(0, 0, 0, 0);

    static Share of(boolean slot, boolean claimable, boolean under, boolean there) {
        boolean needs = !slot && !under;
        return new Share(slot ? 1 : 0, under && there ? 1 : 0, claimable && needs ? 1 : 0, claimable && !needs ? 1 : 0);
    }

    static Share of(Run run, boolean under, Instant now) {
        boolean there = !run.isFinished() || run.place().lingers() != null;
        return of(run.place().slotOf() != null, RunRow.claimAt(run, now) != null, under, there);
    }

    Share plus(Share other) {
        return new Share(taken + other.taken, under + other.under, waiting + other.waiting, outside + other.outside);
    }

    Share minus(Share other) {
        return new Share(taken - other.taken, under - other.under, waiting - other.waiting, outside - other.outside);
    }

    boolean isNegative() {
        return taken < 0 || under < 0 || waiting < 0 || outside < 0;
    }
}
