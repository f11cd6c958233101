package dev.holdfast.postgres;

import dev.holdfast.core.RunId;
import dev.holdfast.engine.Admission;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.Place;
import dev.holdfast.sql.Turn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one lane and of one kind that this node has the code for, in order, read and locked as far as they are asked
 * for. Outside of lanes a run that somebody else has locked is passed over; in a lane the order is kept, so that a locked
 * head means that the lane has nothing to give now.
 */
final class Candidates {
    /** The runs of each task stand in the index by themselves; one statement reads the first of all of them. */
    private static final String WAITING =
            "SELECT id, claim_at FROM unnest(?::text[]) AS hosted (name) CROSS JOIN LATERAL"
                    + " (SELECT id, claim_at FROM runs WHERE " + LaneKey.IS
                    + " AND turn = ? AND task = hosted.name AND turn IS NOT NULL AND (deadline IS NULL OR deadline > ?)"
                    + " ORDER BY claim_at, id LIMIT ?) AS first";

    private static final String PARKED =
            "SELECT id, claim_at FROM unnest(?::text[], ?::text[]) AS hosted (name, version)"
                    + " CROSS JOIN LATERAL (SELECT id, claim_at FROM runs WHERE " + LaneKey.IS
                    + " AND task = hosted.name"
                    + " AND strpos(chr(10) || parked_version || chr(10), chr(10) || hosted.version || chr(10)) = 0"
                    + " AND parked_version IS NOT NULL AND claim_at IS NOT NULL AND losses < 3"
                    + " AND (deadline IS NULL OR deadline > ?) ORDER BY claim_at, id LIMIT ?) AS first";

    private final Transaction tx;
    private final LaneKey lane;
    private final long turn;
    private final Wish wish;
    private final Set<RunId> seen = new HashSet<>();
    private List<Candidate> found = List.of();
    private int used;
    private int limit;
    private boolean complete;

    /**
     * What all lanes of a claim share.
     *
     * @param admission what code is hosted
     * @param parked whether there are parked runs at all
     * @param wanted how many runs are wanted of a lane at once
     * @param passedOver is told of what somebody else has locked
     */
    record Wish(Admission admission, boolean parked, int wanted, PassedOver passedOver) {}

    /** @param turn which kind */
    Candidates(Transaction tx, LaneKey lane, long turn, Wish wish) {
        this.tx = tx;
        this.lane = lane;
        this.turn = turn;
        this.wish = wish;
        this.limit = Math.max(1, wish.wanted());
    }

    /** The first of them that was not taken. */
    @Nullable
    Candidate peek() throws SQLException {
        while (used == found.size() && !complete) load();
        return used < found.size() ? found.get(used) : null;
    }

    void take() {
        used++;
    }

    private void load() throws SQLException {
        var places = new ArrayList<Place>(waiting());
        // Nobody has parked what was never started.
        if (wish.parked() && turn != Turn.FRESH) places.addAll(parked());
        places.sort(null);
        complete = places.size() < limit;
        List<Place> first = places.size() <= limit ? places : places.subList(0, limit);
        found = locked(first.stream().filter(p -> seen.add(p.id())).toList());
        used = 0;
        limit *= 4;
    }

    private List<Place> waiting() throws SQLException {
        var tasks = new ArrayList<@Nullable String>(wish.admission().hosted().keySet());
        if (turn == Turn.RESUMED) tasks.removeAll(wish.admission().newer().keySet());
        if (tasks.isEmpty()) return List.of();
        return lane.in(tx.sql(WAITING).texts(tasks))
                .number(turn)
                .instant(tx.now())
                .number(limit)
                .list(r -> new Place(r.id(), r.number()));
    }

    private List<Place> parked() throws SQLException {
        var hosted = wish.admission().hosted();
        return lane.in(tx.sql(PARKED)
                        .texts(new ArrayList<@Nullable String>(hosted.keySet()))
                        .texts(new ArrayList<@Nullable String>(hosted.values())))
                .instant(tx.now())
                .number(limit)
                .list(r -> new Place(r.id(), r.number()));
    }

    private List<Candidate> locked(List<Place> places) throws SQLException {
        var byId = new HashMap<RunId, Candidate>();
        for (Candidate each : Candidate.lock(tx, places)) byId.put(each.run().id(), each);
        var all = new ArrayList<Candidate>();
        for (Place place : places) {
            Candidate candidate = byId.get(place.id());
            if (candidate != null) {
                if (!wish.admission().leaves(candidate.run())) all.add(candidate);
                continue;
            }
            wish.passedOver().note();
            if (lane.isPlain()) continue;
            complete = true;
            break;
        }
        return all;
    }
}
