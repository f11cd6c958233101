package dev.holdfast.sqlite;

import dev.holdfast.core.RunId;
import dev.holdfast.sql.Alternation;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.Lines;
import dev.holdfast.sql.Place;
import dev.holdfast.sql.Turn;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A lane that has its turn in a claim: what it gives, one after the other. */
final class LaneTurn {
    /**
     * A lane as the walk found it.
     *
     * @param free how many slots it has left; as many as there are, if it has no limit
     * @param beyond whether some of its runs need none
     */
    record Found(LaneKey key, String gate, long served, long free, boolean beyond) {
        boolean isPlain() {
            return key.isPlain();
        }
    }

    /**
     * What all lanes of a claim share.
     *
     * @param parked whether there are parked runs at all
     * @param wanted how many runs are wanted of a lane at once
     */
    record Wish(Map<String, String> hosted, boolean parked, int wanted) {
        Wish withoutParked() {
            return new Wish(hosted, false, wanted);
        }
    }

    private final Found lane;
    private final Transaction tx;
    private final Alternation alternation;
    private final @Nullable Candidates beyond;
    private final @Nullable Candidates fresh;
    private final @Nullable Candidates resumed;
    private long free;

    LaneTurn(Transaction tx, Found lane, Wish wish, Alternation alternation) throws SQLException {
        this.tx = tx;
        this.lane = lane;
        this.alternation = alternation;
        this.free = lane.free();
        boolean ordered = lane.key().serial();
        this.beyond = lane.beyond() ? new Candidates(tx, lane.key(), Turn.BEYOND, wish) : null;
        this.fresh = free > 0 && !ordered ? new Candidates(tx, lane.key(), Turn.FRESH, wish) : null;
        this.resumed = free > 0 && !ordered ? new Candidates(tx, lane.key(), Turn.RESUMED, wish) : null;
    }

    Found lane() {
        return lane;
    }

    /** The next run; null if it has none to give. Of those that need a slot at most every second one comes back. */
    @Nullable
    RunId next() throws SQLException {
        Place needsNone = beyond == null ? null : beyond.peek();
        if (beyond != null && needsNone != null) {
            beyond.take();
            return needsNone.id();
        }
        if (free <= 0) return null;
        if (fresh == null || resumed == null) {
            free = 0;
            return new Lines(tx.session(), tx.now()).first(lane.key()).orElse(null);
        }
        Place first = fresh.peek();
        Place again = resumed.peek();
        Place next = alternation.next(lane.key(), first, again);
        if (next == null) return null;
        free--;
        (next.equals(again) ? resumed : fresh).take();
        return next.id();
    }
}
