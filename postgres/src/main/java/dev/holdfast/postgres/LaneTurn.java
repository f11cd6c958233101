package dev.holdfast.postgres;

import dev.holdfast.sql.Alternation;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.Place;
import dev.holdfast.sql.Turn;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A lane that has its turn in a claim: what it gives, one after the other. */
final class LaneTurn {
    /** The first of a serial lane that waits for its slot, whatever code it needs. */
    private static final String FIRST = "SELECT id, claim_at FROM runs WHERE " + LaneKey.IS
            + " AND turn = 0 AND turn IS NOT NULL AND (deadline IS NULL OR deadline > ?) ORDER BY claim_at, id LIMIT 1";

    private final Lanes.Found lane;
    private final Transaction tx;
    private final Alternation alternation;
    private final @Nullable Candidates beyond;
    private final @Nullable Candidates fresh;
    private final @Nullable Candidates resumed;
    private final PassedOver passedOver;
    private long free;

    LaneTurn(Transaction tx, Lanes.Found lane, Candidates.Wish wish, Alternation alternation) {
        this.tx = tx;
        this.lane = lane;
        this.alternation = alternation;
        this.free = lane.free();
        this.passedOver = wish.passedOver();
        boolean ordered = lane.key().serial();
        this.beyond = lane.beyond() ? new Candidates(tx, lane.key(), Turn.BEYOND, wish) : null;
        this.fresh = free > 0 && !ordered ? new Candidates(tx, lane.key(), Turn.FRESH, wish) : null;
        this.resumed = free > 0 && !ordered ? new Candidates(tx, lane.key(), Turn.RESUMED, wish) : null;
    }

    Lanes.Found lane() {
        return lane;
    }

    /** The next run; null if it has none to give. Of those that need a slot at most every second one comes back. */
    @Nullable
    Candidate next() throws SQLException {
        Candidate needsNone = beyond == null ? null : beyond.peek();
        if (beyond != null && needsNone != null) {
            beyond.take();
            return needsNone;
        }
        if (free <= 0) return null;
        if (fresh == null || resumed == null) {
            free = 0;
            List<Place> first = lane.key().in(tx.sql(FIRST)).instant(tx.now()).list(r -> new Place(r.id(), r.number()));
            Candidate locked = Candidate.lock(tx, first).stream().findFirst().orElse(null);
            if (locked == null && !first.isEmpty()) passedOver.note();
            return locked;
        }
        Candidate first = fresh.peek();
        Candidate again = resumed.peek();
        Candidate next = alternation.next(lane.key(), first, again);
        if (next == null) return null;
        free--;
        (next.equals(again) ? resumed : fresh).take();
        return next;
    }
}
