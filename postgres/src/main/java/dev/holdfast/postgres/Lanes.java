package dev.holdfast.postgres;

import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.QueueRow;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lanes that have something to give, the one that was served longest ago first. Only they stand in the index: what is
 * paused, full or empty is not looked at. A queue with a limit or a rate over all its lanes has a gate of its own, whose row
 * is locked before it is counted: of two nodes that claim at once the second counts what the first has taken.
 */
final class Lanes {
    private static final int PAGE = 32;
    private static final String FREE = "CASE WHEN slots IS NULL THEN 9223372036854775807"
            + " ELSE slots - taken - CASE WHEN under > 0 THEN 1 ELSE 0 END END, outside";
    private static final String PAGE_OF_LANES = "SELECT " + LaneKey.COLUMNS + ", gate, served, " + FREE
            + " FROM lanes WHERE ready = 1 AND gate = ? AND (served, " + LaneKey.COLUMNS + ") > (?, ?, ?, ?, ?)"
            + " ORDER BY served, " + LaneKey.COLUMNS + " LIMIT ?";
    /** Who has it locked changes its counts at this moment: it comes again. */
    private static final String LOCK = "SELECT " + LaneKey.COLUMNS + ", gate, served, " + FREE + " FROM lanes WHERE "
            + LaneKey.IS + " AND ready = 1 FOR NO KEY UPDATE SKIP LOCKED";

    private static final String LIMITED = "SELECT namespace, name, concurrency, lane_concurrency, rate_count, rate_per"
            + " FROM queues WHERE (concurrency IS NOT NULL OR rate_count IS NOT NULL) AND paused = 0"
            + " ORDER BY namespace, name FOR NO KEY UPDATE SKIP LOCKED";
    private static final String TAKEN = "SELECT (SELECT count(*) FROM (SELECT 1 FROM runs"
            + " WHERE namespace = ? AND queue = ? AND holder_number IS NOT NULL LIMIT ?) AS held)"
            + " + (SELECT count(*) FROM (SELECT 1 FROM runs"
            + " WHERE namespace = ? AND queue = ? AND lingers_number IS NOT NULL LIMIT ?) AS lingering)";

    private final Transaction tx;
    private final PassedOver passedOver;
    private final List<Gate> gates = new ArrayList<>();
    private int seen;

    /**
     * A lane as the walk found it.
     *
     * @param free how many slots it has left; as many as there are, if it has no limit
     * @param beyond whether some of its runs need none
     */
    record Found(LaneKey key, String gate, long served, long free, boolean beyond) {}

    /**
     * @param most how many runs are wanted
     * @param passedOver is told of what somebody else has locked
     */
    Lanes(Transaction tx, int most, PassedOver passedOver) throws SQLException {
        this.tx = tx;
        this.passedOver = passedOver;
        gates.add(new Gate("", Long.MAX_VALUE, null));
        for (Limited queue : tx.sql(LIMITED).list(r -> new Limited(r.text(), r.text(), QueueRow.settings(r)))) {
            var pace = queue.settings().rate() == null
                    ? null
                    : new Pace(
                            tx,
                            queue.namespace(),
                            queue.name(),
                            queue.settings().rate());
            long room = room(queue, most);
            if (pace != null) room = Math.min(room, pace.room(most));
            if (room > 0) gates.add(new Gate(QueueRow.gate(queue.namespace(), queue.name()), room, pace));
        }
    }

    private record Limited(String namespace, String name, QueueSettings settings) {}

    /** How many more of a queue may execute. */
    private long room(Limited queue, int most) throws SQLException {
        Integer limit = queue.settings().concurrency();
        if (limit == null) return most;
        long taken = tx.sql(TAKEN)
                .text(queue.namespace())
                .text(queue.name())
                .number((long) limit)
                .text(queue.namespace())
                .text(queue.name())
                .number((long) limit)
                .single();
        return limit - taken;
    }

    /** How many lanes it has come upon. */
    int seen() {
        return seen;
    }

    /** Whether there is another lane than those that it has come upon. */
    boolean hasMore() throws SQLException {
        for (Gate gate : gates) if (gate.peek() != null) return true;
        return false;
    }

    /** The next lane that has not been seen and whose queue has room; null if there is none. */
    @Nullable
    Found next() throws SQLException {
        while (true) {
            Gate first = null;
            for (Gate gate : gates) {
                Found lane = gate.room > 0 ? gate.peek() : null;
                if (lane == null) continue;
                if (first == null || lane.served() < first.served()) first = gate;
            }
            if (first == null) return null;
            seen++;
            Found found = first.page.remove();
            if (found.key().isPlain()) return found;
            Optional<Found> locked = found.key().in(tx.sql(LOCK)).first(Lanes::read);
            if (locked.isPresent()) return locked.get();
            passedOver.note();
        }
    }

    private static Found read(dev.holdfast.sql.Sql.Row row) throws SQLException {
        return new Found(LaneKey.read(row), row.text(), row.number(), row.number(), row.number() > 0);
    }

    /** Whether one more of this lane's queue may execute; if so, it is counted. */
    boolean enter(Found lane) {
        for (Gate gate : gates) if (gate.key.equals(lane.gate())) return gate.room-- > 0;
        return false;
    }

    /** It did not come after all. */
    void leave(Found lane) {
        for (Gate gate : gates) if (gate.key.equals(lane.gate())) gate.room++;
    }

    /** What counts how often runs of this lane's queue are claimed; null if nobody does. */
    @Nullable
    Pace pace(Found lane) {
        for (Gate gate : gates) if (gate.key.equals(lane.gate())) return gate.pace;
        return null;
    }

    /** The lanes behind one gate, page after page. */
    private final class Gate {
        private final String key;
        private final @Nullable Pace pace;
        private final Deque<Found> page = new ArrayDeque<>();
        private @Nullable Found last;
        private boolean complete;
        private long room;

        Gate(String key, long room, @Nullable Pace pace) {
            this.key = key;
            this.room = room;
            this.pace = pace;
        }

        @Nullable
        Found peek() throws SQLException {
            if (page.isEmpty() && !complete) load();
            return page.peek();
        }

        long served() {
            Found lane = page.peek();
            return lane == null ? Long.MAX_VALUE : lane.served();
        }

        private void load() throws SQLException {
            Found from = last;
            var sql = tx.sql(PAGE_OF_LANES).text(key).number(from == null ? -1 : from.served());
            var after = from == null
                    ? sql.text("").text("").text("").number(0)
                    : from.key().in(sql);
            var found = after.number(PAGE).list(Lanes::read);
            complete = found.size() < PAGE;
            page.addAll(found);
            if (!found.isEmpty()) last = found.getLast();
        }
    }
}
