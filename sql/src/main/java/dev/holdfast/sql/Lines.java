package dev.holdfast.sql;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Line;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is around a queued run: asked by a claim within its transaction, and by whoever explains. */
public final class Lines {
    private static final String LANE_PAUSED =
            "SELECT 1 FROM paused_lanes WHERE namespace = ? AND queue = ? AND lane = ?";
    private static final String CANCELLED = "SELECT 1 FROM inbox WHERE run = ? AND kind = 'CANCEL'";
    private static final String UNDER = "SELECT under FROM runs WHERE id = ?";
    private static final String TAKEN =
            "SELECT taken + CASE WHEN under > 0 THEN 1 ELSE 0 END FROM lanes WHERE " + LaneKey.IS;
    private static final String HOLDER = "SELECT id FROM runs INDEXED BY runs_in_lane WHERE " + LaneKey.IS
            + LaneKey.COUNTS + " AND (slot_of IS NOT NULL OR under = 1) LIMIT 1";
    /** Both count to the limit, and no further. */
    private static final String HELD = "SELECT count(*) FROM (SELECT 1 FROM runs INDEXED BY runs_held"
            + " WHERE namespace = ? AND queue = ? AND holder_number IS NOT NULL LIMIT ?) held";

    private static final String LINGERING = "SELECT count(*) FROM (SELECT 1 FROM runs INDEXED BY runs_lingering"
            + " WHERE namespace = ? AND queue = ? AND lingers_number IS NOT NULL LIMIT ?) lingering";

    private static final String NEXT_TASK = "SELECT task FROM runs INDEXED BY runs_claimable WHERE " + LaneKey.IS
            + " AND turn = ? AND task > ? AND turn IS NOT NULL ORDER BY task LIMIT 1";
    private static final String FIRST = "SELECT id, claim_at FROM runs INDEXED BY runs_claimable WHERE " + LaneKey.IS
            + " AND turn = ? AND task = ? AND turn IS NOT NULL AND (deadline IS NULL OR deadline > ?)"
            + " ORDER BY claim_at, id LIMIT 1";

    /**
     * The newest beginning in a lane, among those that were started about when a run was: turns come nearly in the order of
     * ids. Before it are only those that have begun, and those that were ended before they could.
     */
    private static final String BEGUN_BEFORE = "SELECT max(started) FROM (SELECT * FROM (SELECT started"
            + " FROM runs INDEXED BY runs_of_lane WHERE " + LaneKey.IS + " AND lane <> '' AND id < ?"
            + " AND started IS NOT NULL ORDER BY id DESC LIMIT 10) AS earlier"
            + " UNION ALL SELECT * FROM (SELECT started FROM runs INDEXED BY runs_of_lane WHERE " + LaneKey.IS
            + " AND lane <> '' AND id > ? ORDER BY id LIMIT 10) AS later) AS neighbours";

    private final Session session;
    private final Instant now;

    public Lines(Session session, Instant now) {
        this.session = session;
        this.now = now;
    }

    public Line of(Run run) throws SQLException {
        var key = LaneKey.of(run);
        var queue = QueueRow.of(session, key.namespace(), key.queue());
        var slot = key.serial() && session.sql(UNDER).id(run.id()).single() == 1 ? Run.Slot.PARENTS : Run.Slot.OWN;
        Integer slots = key.serial() ? (Integer) 1 : queue.settings().laneConcurrency();
        Line.Full lane = key.isPlain() || slots == null ? null : full(key, slots);
        RunId first = lane == null && needsItsTurn(run, slot) ? first(key).orElse(run.id()) : run.id();
        return new Line(
                door(key, queue.isPaused()),
                slot,
                room(key, queue.settings().concurrency()) ? null : full(queue.settings()),
                lane,
                pace(key, queue.settings().rate()),
                first.equals(run.id()) ? null : first,
                isCancelled(run.id()));
    }

    /** Whether a cancel lies in its inbox. */
    public boolean isCancelled(RunId run) throws SQLException {
        return session.sql(CANCELLED).id(run).any();
    }

    private Line.@Nullable Pace pace(LaneKey key, @Nullable Rate rate) throws SQLException {
        if (rate == null) return null;
        return new Line.Pace(rate, new RateBook(session, key.namespace(), key.queue(), rate).opens());
    }

    private static boolean needsItsTurn(Run run, Run.Slot slot) {
        Lane lane = run.place().lane();
        return lane != null
                && lane.isSerial()
                && slot == Run.Slot.OWN
                && run.place().slotOf() == null;
    }

    private Line.Door door(LaneKey key, boolean paused) throws SQLException {
        if (paused) return Line.Door.QUEUE_PAUSED;
        boolean lane = !key.isPlain()
                && session.sql(LANE_PAUSED)
                        .text(key.namespace())
                        .text(key.queue())
                        .text(key.lane())
                        .any();
        return lane ? Line.Door.LANE_PAUSED : Line.Door.OPEN;
    }

    private Line.@Nullable Full full(LaneKey key, int slots) throws SQLException {
        if (key.in(session.sql(TAKEN)).single() < slots) return null;
        return new Line.Full(
                slots, key.in(session.sql(HOLDER)).first(Sql.Row::id).orElse(null));
    }

    private static Line.@Nullable Full full(QueueSettings settings) {
        return settings.concurrency() == null ? null : new Line.Full(settings.concurrency(), null);
    }

    /** Whether one more of this queue may execute. */
    private boolean room(LaneKey key, @Nullable Integer limit) throws SQLException {
        return limit == null || room(key.namespace(), key.queue(), limit) > 0;
    }

    /** How many more of this queue may execute. */
    public long room(String namespace, String queue, long limit) throws SQLException {
        long held = session.sql(HELD).text(namespace).text(queue).number(limit).single();
        long lingering =
                session.sql(LINGERING).text(namespace).text(queue).number(limit).single();
        return limit - held - lingering;
    }

    /**
     * When a run begins that is claimed now. In a serial lane that is later than the run before it has, whatever the clock
     * says: so all who read them agree on the order of turns.
     */
    public Instant begins(Run run) throws SQLException {
        var key = LaneKey.of(run);
        if (!key.serial() || run.wasStarted()) return now;
        Instant before = key.in(key.in(session.sql(BEGUN_BEFORE)).id(run.id()))
                .id(run.id())
                .firstInstant()
                .orElse(null);
        return before == null || before.isBefore(now) ? now : before.plusMillis(1);
    }

    /** The first of a serial lane that waits for its slot, whatever code it needs. */
    public Optional<RunId> first(LaneKey key) throws SQLException {
        Place first = null;
        String task = "";
        while (true) {
            task = key.in(session.sql(NEXT_TASK))
                    .number(Turn.FRESH)
                    .text(task)
                    .firstText()
                    .orElse(null);
            if (task == null) return Optional.ofNullable(first).map(Place::id);
            Place found = key.in(session.sql(FIRST))
                    .number(Turn.FRESH)
                    .text(task)
                    .instant(now)
                    .first(r -> new Place(r.id(), r.number()))
                    .orElse(null);
            if (found != null && (first == null || found.compareTo(first) < 0)) first = found;
        }
    }
}
