package dev.holdfast.postgres;

import dev.holdfast.core.Run;
import dev.holdfast.sql.Place;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.util.List;

/**
 * A run that can be claimed, whose row this transaction has locked.
 *
 * @param isUnder whether it executes in its parent's slot
 * @param place in the order of claims
 */
record Candidate(Run run, boolean isUnder, Place place) implements Comparable<Candidate> {
    /** FOR UPDATE would pass over a run that somebody is about to refer to. */
    private static final String LOCK = "SELECT " + RunRow.COLUMNS + ", under, claim_at FROM runs"
            + " WHERE id = ANY(?) AND claim_at IS NOT NULL AND state = 'QUEUED'"
            + " ORDER BY id FOR NO KEY UPDATE SKIP LOCKED";

    /** Locks those of them that nobody else has locked and that can still be claimed. */
    static List<Candidate> lock(Transaction tx, List<Place> places) throws SQLException {
        if (places.isEmpty()) return List.of();
        return tx.sql(LOCK)
                .uuids(Scene.uuids(places.stream().map(Place::id).toList()))
                .list(Candidate::read);
    }

    private static Candidate read(Sql.Row row) throws SQLException {
        Run run = RunRow.read(row);
        return new Candidate(run, row.number() != 0, new Place(run.id(), row.number()));
    }

    @Override
    public int compareTo(Candidate other) {
        return place.compareTo(other.place);
    }
}
