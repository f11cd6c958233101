package dev.holdfast.sqlite;

import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.Place;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.Turn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The runs of one lane and of one kind that this node has the code for, in order, read as far as they are asked for. */
final class Candidates {
    private static final String WAITING = "SELECT id, claim_at FROM runs INDEXED BY runs_claimable WHERE " + LaneKey.IS
            + " AND turn = ? AND task = ? AND turn IS NOT NULL AND (deadline IS NULL OR deadline > ?)"
            + " ORDER BY claim_at, id LIMIT ?";
    private static final String ANY = "SELECT 1 FROM runs INDEXED BY runs_claimable WHERE " + LaneKey.IS
            + " AND turn = ? AND turn IS NOT NULL LIMIT 1";
    private static final String FIRST_PARKED_VERSION = "SELECT min(parked_version) FROM runs INDEXED BY runs_parked"
            + " WHERE " + LaneKey.IS + " AND task = ? AND parked_version IS NOT NULL";
    private static final String NEXT_PARKED_VERSION = "SELECT min(parked_version) FROM runs INDEXED BY runs_parked"
            + " WHERE " + LaneKey.IS + " AND task = ? AND parked_version > ? AND parked_version IS NOT NULL";
    private static final String PARKED = "SELECT id, claim_at FROM runs INDEXED BY runs_parked WHERE " + LaneKey.IS
            + " AND task = ? AND parked_version = ? AND parked_version IS NOT NULL AND claim_at IS NOT NULL"
            + " AND losses < 3 AND (deadline IS NULL OR deadline > ?) ORDER BY claim_at, id LIMIT ?";

    private final Transaction tx;
    private final LaneKey lane;
    private final long turn;
    private final LaneTurn.Wish wish;
    private List<Place> found = List.of();
    private int used;
    private int limit;
    private boolean complete;

    /** @param turn which kind */
    Candidates(Transaction tx, LaneKey lane, long turn, LaneTurn.Wish wish) throws SQLException {
        this.tx = tx;
        this.lane = lane;
        this.turn = turn;
        // Nobody has parked what was never started.
        this.wish = turn == Turn.FRESH ? wish.withoutParked() : wish;
        this.limit = wish.wanted();
        // Most lanes have nobody who comes back: that is asked once, and not for each task.
        boolean asked = turn != Turn.FRESH && !wish.parked();
        this.complete = asked && !lane.in(tx.readApart(ANY)).number(turn).any();
    }

    /** The first of them that was not taken. */
    @Nullable
    Place peek() throws SQLException {
        if (used == found.size() && !complete) {
            // Those that were taken are not in the index any more.
            if (used > 0) limit = 4 * used;
            used = 0;
            load();
        }
        return used < found.size() ? found.get(used) : null;
    }

    void take() {
        used++;
    }

    private void load() throws SQLException {
        var all = new ArrayList<Place>();
        for (Map.Entry<String, String> each : wish.hosted().entrySet()) {
            all.addAll(lane.in(tx.readApart(WAITING))
                    .number(turn)
                    .text(each.getKey())
                    .instant(tx.now())
                    .number(limit)
                    .list(r -> new Place(r.id(), r.number())));
            if (wish.parked()) parked(each.getKey(), each.getValue(), all);
        }
        all.sort(null);
        complete = all.size() < limit;
        found = all.size() <= limit ? all : all.subList(0, limit);
    }

    /** Those that were parked by other code than is hosted here: version after version, each in its order. */
    private void parked(String task, String hosted, List<Place> into) throws SQLException {
        String version = lane.in(tx.readApart(FIRST_PARKED_VERSION))
                .text(task)
                .firstText()
                .orElse(null);
        while (version != null) {
            if (!RunRow.versions(version).contains(hosted)) {
                into.addAll(lane.in(tx.readApart(PARKED))
                        .text(task)
                        .text(version)
                        .instant(tx.now())
                        .number(limit)
                        .list(r -> new Place(r.id(), r.number())));
            }
            version = lane.in(tx.readApart(NEXT_PARKED_VERSION))
                    .text(task)
                    .text(version)
                    .firstText()
                    .orElse(null);
        }
    }
}
