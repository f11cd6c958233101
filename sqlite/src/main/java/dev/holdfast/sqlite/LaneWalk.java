package dev.holdfast.sqlite;

import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.Lines;
import dev.holdfast.sql.QueueRow;
import dev.holdfast.sql.RateBook;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lanes that have something to give, the one that was served longest ago first. Only they stand in the index: what is
 * paused, full or empty is not looked at. A queue with a limit over all its lanes has a gate of its own, so that all its
 * lanes are passed at once when it is full. So has one with a rate.
 */
final class LaneWalk {
    private static final int PAGE = 32;

    private static final String PAGE_OF_LANES = "SELECT " + LaneKey.COLUMNS + ", gate, served,"
            + " CASE WHEN slots IS NULL THEN 9223372036854775807 ELSE slots - taken - (under > 0) END, outside"
            + " FROM lanes INDEXED BY lanes_ready WHERE ready = 1 AND gate = ?1"
            + " AND (served, namespace, queue, lane, serial) > (?2, ?3, ?4, ?5, ?6)"
            + " ORDER BY served, namespace, queue, lane, serial LIMIT ?7";
    private static final String LIMITED =
            "SELECT namespace, name, concurrency, lane_concurrency, rate_count, rate_per FROM queues"
                    + " WHERE (concurrency IS NOT NULL OR rate_count IS NOT NULL) AND paused = 0";

    private final List<Gate> gates = new ArrayList<>();
    private int seen;

    /** @param most how many runs are wanted */
    LaneWalk(Transaction tx, int most) throws SQLException {
        gates.add(new Gate(tx, "", Long.MAX_VALUE));
        for (Limited queue : tx.readApart(LIMITED).list(r -> new Limited(r.text(), r.text(), QueueRow.settings(r)))) {
            long room = queue.room(tx, most);
            if (room > 0) gates.add(new Gate(tx, QueueRow.gate(queue.namespace(), queue.name()), room));
        }
    }

    private record Limited(String namespace, String name, QueueSettings settings) {
        /** How many of its runs may be claimed now. */
        long room(Transaction tx, int most) throws SQLException {
            Integer limit = settings.concurrency();
            long free = limit == null ? most : new Lines(tx.session(), tx.now()).room(namespace, name, limit);
            Rate rate = settings.rate();
            return rate == null
                    ? free
                    : Math.min(free, new RateBook(tx.session(), namespace, name, rate).room(most, tx.now()));
        }
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
    LaneTurn.@Nullable Found next() throws SQLException {
        Gate first = null;
        for (Gate gate : gates) {
            var lane = gate.room > 0 ? gate.peek() : null;
            if (lane == null) continue;
            if (first == null || lane.served() < first.served()) first = gate;
        }
        if (first == null) return null;
        seen++;
        return first.take();
    }

    /** Whether one more of this lane's queue may execute; if so, it is counted. */
    boolean enter(LaneTurn.Found lane) {
        for (Gate gate : gates) {
            if (gate.key.equals(lane.gate())) return gate.room-- > 0;
        }
        return false;
    }

    /** It did not come after all. */
    void leave(LaneTurn.Found lane) {
        for (Gate gate : gates) if (gate.key.equals(lane.gate())) gate.room++;
    }

    /** The lanes behind one gate, page after page. */
    private static final class Gate {
        private final Transaction tx;
        private final String key;
        private final Deque<LaneTurn.Found> page = new ArrayDeque<>();
        private LaneTurn.@Nullable Found last;
        private boolean complete;
        private long room;

        Gate(Transaction tx, String key, long room) {
            this.tx = tx;
            this.key = key;
            this.room = room;
        }

        LaneTurn.@Nullable Found peek() throws SQLException {
            if (page.isEmpty() && !complete) load();
            return page.peek();
        }

        long served() {
            var lane = page.peek();
            return lane == null ? Long.MAX_VALUE : lane.served();
        }

        LaneTurn.Found take() {
            return page.remove();
        }

        private void load() throws SQLException {
            var from = last;
            Sql sql = tx.readApart(PAGE_OF_LANES).text(key).number(from == null ? -1 : from.served());
            Sql after = from == null
                    ? sql.text("").text("").text("").number(0)
                    : from.key().in(sql);
            var found = after.number(PAGE)
                    .list(r -> new LaneTurn.Found(LaneKey.read(r), r.text(), r.number(), r.number(), r.number() > 0));
            complete = found.size() < PAGE;
            page.addAll(found);
            if (!found.isEmpty()) last = found.getLast();
        }
    }
}
