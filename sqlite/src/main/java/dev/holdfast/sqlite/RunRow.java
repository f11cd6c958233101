package dev.holdfast.sqlite;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Stop;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A run as a row of {@code runs}: the columns in one order, for reading and for writing. */
final class RunRow {
    /** What never changes. */
    private static final String FIXED =
            "id, namespace, task, version, key, tags, parent, parent_attempt, parent_key, detached, policy, created";

    /** What a transition may change. */
    private static final String CHANGING =
            "queue, lane, serial, slot_of, place, due, lingers_number, lingers_incarnation, state, outcome, stop_reason, stop_next, cancelled, waiting,"
                    + " parked_version, parked_key, parked_recorded, parked_called, epoch, holder_kind, holder_number,"
                    + " holder_incarnation, seq, attempt, losses, losses_alone, started, finished, deadlines";

    /** What is made of it for the indexes. */
    private static final String DERIVED = "deadline, claim_at, key_until, under, turn";

    static final String COLUMNS = FIXED + ", " + CHANGING;

    /** Writes one row if the id was never used; locks nothing that anybody else wants. */
    static final String INSERT =
            "INSERT INTO runs (" + COLUMNS + ", " + DERIVED + ") SELECT " + marks(COLUMNS + ", " + DERIVED)
                    + " WHERE NOT EXISTS (SELECT 1 FROM removed WHERE run = ?) ON CONFLICT (id) DO NOTHING";

    /** The fence and the write in one: writes one row, or none if epoch, holder or seq are not as the change expects. */
    static final String UPDATE = "UPDATE runs SET " + assignments(CHANGING + ", " + DERIVED)
            + " WHERE id = ? AND epoch = ? AND seq = ?"
            + " AND holder_number IS ? AND holder_incarnation IS ? AND holder_kind IS ?";

    private RunRow() {}

    private static String marks(String columns) {
        return columns.replaceAll("\\w+", "?");
    }

    private static String assignments(String columns) {
        return columns.replaceAll("(\\w+)", "$1 = ?");
    }

    static Sql fixed(Sql sql, Run run) throws SQLException {
        var origin = run.origin();
        var parent = origin.parent();
        return sql.id(run.id())
                .text(origin.namespace().name())
                .text(origin.task())
                .text(origin.version())
                .text(origin.key())
                .text(Texts.list(origin.tags()))
                .maybe(parent == null ? null : parent.run())
                .number(parent == null ? null : (Long) (long) parent.attempt())
                .text(parent == null ? null : parent.key().path())
                .number(parent == null ? null : (Long) (parent.bond() == Run.Bond.DETACHED ? 1L : 0L))
                .text(Texts.policy(run.policy()))
                .instant(run.times().created());
    }

    /** @param under whether it executes in its parent's slot */
    static Sql changing(Sql sql, Run run, Instant now, boolean under) throws SQLException {
        var place = run.place();
        var lane = place.lane();
        var lingers = place.lingers();
        sql.text(place.queue())
                .text(lane == null ? "" : lane.name())
                .number(lane != null && lane.isSerial() ? 1 : 0)
                .text(place.slotOf())
                .instant(place.at())
                .instant(place.due())
                .number(lingers == null ? null : (Long) lingers.number())
                .number(lingers == null ? null : (Long) lingers.incarnation());
        var status = run.status();
        var stop = status.stop();
        sql.text(status.state()).text(status.outcome());
        sql.text(stop == null ? null : stop.reason()).text(stop == null ? null : stop.next());
        sql.number(status.cancelled() ? 1 : 0);
        sql.text(status.waiting() == null ? null : Texts.waiting(status.waiting()));
        var parked = status.parked();
        sql.text(parked == null ? null : parked.version())
                .text(parked == null ? null : parked.key().path())
                .text(parked == null ? null : parked.recorded())
                .text(parked == null ? null : parked.called());
        var holder = run.fence().holder();
        sql.number(run.fence().epoch());
        sql.text(holder == null ? null : holder.kind())
                .number(holder == null ? null : (Long) holder.number())
                .number(holder == null ? null : (Long) holder.incarnation());
        sql.number(run.fence().seq());
        sql.number(run.tries().attempt())
                .number(run.tries().losses())
                .number(run.tries().lossesAlone());
        var deadlines = run.times().deadlines();
        sql.instant(run.times().started()).instant(run.times().finished()).text(Texts.deadlines(deadlines));
        return sql.instant(deadlines.next().orElse(null))
                .instant(claimAt(run, now))
                .number(keyUntil(run, now))
                .number(under ? 1 : 0)
                .number(turn(run, now, under));
    }

    /** Its place, if it can be claimed now: a delayed run comes in when it is due. What is to compensate goes ahead. */
    static @Nullable Instant claimAt(Run run, Instant now) {
        if (run.state() != RunState.QUEUED) return null;
        Instant due = run.place().due();
        if (due != null && due.isAfter(now)) return null;
        return run.status().cancelled() ? Instant.EPOCH : run.place().at();
    }

    private static @Nullable Long turn(Run run, Instant now, boolean under) {
        if (claimAt(run, now) == null || run.status().parked() != null || run.isSuspect()) return null;
        boolean needsNone = run.place().lane() != null && (run.place().slotOf() != null || under);
        return needsNone ? Turn.BEYOND : run.wasStarted() ? Turn.RESUMED : Turn.FRESH;
    }

    private static @Nullable Long keyUntil(Run run, Instant now) {
        if (!run.holdsKey(now)) return null;
        Instant finished = run.times().finished();
        return run.status().outcome() == null || finished == null
                ? Long.MAX_VALUE
                : (Long) finished.plus(Defaults.KEY_RETENTION).toEpochMilli();
    }

    /** Reads {@link #COLUMNS}. */
    static Run read(Sql.Row row) throws SQLException {
        var id = row.id();
        var origin = new Run.Origin(
                new Namespace(row.text()),
                row.text(),
                row.text(),
                row.textOrNull(),
                Texts.list(row.textOrNull()),
                parent(row));
        var policy = Texts.policy(row.text());
        var created = row.instant();
        String queue = row.text();
        String lane = row.text();
        var kind = row.number() == 0 ? Lane.Kind.CONCURRENT : Lane.Kind.SERIAL;
        var place = new Run.Place(
                queue,
                lane.isEmpty() ? null : new Lane(lane, kind),
                row.textOrNull(),
                row.instant(),
                row.instantOrNull(),
                lingers(row));
        var status = status(row);
        long epoch = row.number();
        var holder = holder(row);
        var fence = new Fence(epoch, holder, row.number());
        var tries = new Run.Tries(row.integer(), row.integer(), row.integer());
        var times = new Run.Times(created, row.instantOrNull(), row.instantOrNull(), Texts.deadlines(row.textOrNull()));
        return new Run(id, origin, policy, place, status, fence, tries, times);
    }

    private static @Nullable Holder lingers(Sql.Row row) throws SQLException {
        Long number = row.numberOrNull();
        long incarnation = row.number();
        return number == null ? null : new Holder(Holder.Kind.NODE, number, incarnation);
    }

    private static Run.@Nullable Parent parent(Sql.Row row) throws SQLException {
        RunId run = row.idOrNull();
        int attempt = row.integer();
        String key = row.textOrNull();
        var bond = row.number() == 0 ? Run.Bond.ATTACHED : Run.Bond.DETACHED;
        return run == null || key == null ? null : new Run.Parent(run, attempt, new StepKey(key), bond);
    }

    private static Run.Status status(Sql.Row row) throws SQLException {
        var state = row.constant(RunState.class);
        var outcome = row.constantOrNull(Outcome.class);
        var reason = row.constantOrNull(Stop.Reason.class);
        var next = row.constantOrNull(Stop.Next.class);
        var stop = reason == null || next == null ? null : new Stop(reason, next);
        boolean cancelled = row.number() != 0;
        var waiting = Texts.waiting(row.textOrNull());
        String version = row.textOrNull();
        String key = row.textOrNull();
        String recorded = row.textOrNull();
        String called = row.textOrNull();
        var parked = version == null || key == null || recorded == null || called == null
                ? null
                : new Run.Parked(version, new StepKey(key), recorded, called);
        return new Run.Status(state, outcome, stop, cancelled, parked, waiting);
    }

    /** Reads holder_kind, holder_number, holder_incarnation. */
    static @Nullable Holder holder(Sql.Row row) throws SQLException {
        var kind = row.constantOrNull(Holder.Kind.class);
        long number = row.number();
        long incarnation = row.number();
        return kind == null ? null : new Holder(kind, number, incarnation);
    }
}
