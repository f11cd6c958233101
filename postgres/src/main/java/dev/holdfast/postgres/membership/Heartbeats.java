package dev.holdfast.postgres.membership;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * For how long no sign of life was seen of each node, by the watcher's own clock. Only whether a sign is another one than the
 * last counts, not what it says: the database's clock may be set. Time in which the watcher itself saw nothing, because it was
 * not answered or did not run, is nobody's silence.
 */
final class Heartbeats {
    /** @param last sign that there was, also if there is none any more */
    private record Seen(OptionalLong sign, long since, OptionalLong last) {}

    private final long longestGap;
    private Map<Long, Seen> seen = new HashMap<>();
    private long looked;

    /** @param longestGap between two looks; after a longer one all counts begin anew */
    Heartbeats(Duration longestGap) {
        this.longestGap = longestGap.toNanos();
    }

    /** What was read, at a moment no later than when it was asked for. */
    void look(long now, List<NodeRow> rows) {
        boolean gap = !seen.isEmpty() && now - looked > longestGap;
        looked = now;
        var next = new HashMap<Long, Seen>();
        for (NodeRow row : rows) {
            Seen before = seen.get(row.number());
            boolean same = !gap && before != null && before.sign.equals(row.heard());
            OptionalLong last = row.heard().isPresent() || before == null ? row.heard() : before.last;
            next.put(row.number(), same ? before : new Seen(row.heard(), now, last));
        }
        seen = next;
    }

    /** Its last sign of life; it is not lost with its session. */
    OptionalLong last(long number) {
        Seen last = seen.get(number);
        return last == null ? OptionalLong.empty() : last.last;
    }

    /** Zero for a node that was not there at the last look. */
    Duration silent(long number) {
        Seen last = seen.get(number);
        return last == null ? Duration.ZERO : Duration.ofNanos(looked - last.since);
    }
}
