package dev.holdfast.sql;

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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as a row of {@code runs}: the columns in one order, for reading and for writing. Instants are milliseconds since
 * 1970, what is true is 1, ids are of the type that the {@link Dialect} knows.
 */
public final class RunRow {
    /** Between versions: no name has a line break. */
    private static final String AND = "\n";

    /** What never changes: the columns of {@link #fixed}. */
    public static final List<String> FIXED =
            names("id, namespace, task, version, key, tags, parent, parent_attempt, parent_key, detached, rerun_of,"
                    + " rerun_from, policy, created");

    private static final String STATE =
            "queue, lane, serial, slot_of, place, due, lingers_number, lingers_incarnation, debounce, state, outcome,"
                    + " stop_reason, stop_next, cancelled, waiting, parked_version, parked_key, parked_recorded,"
                    + " parked_called, epoch, holder_kind, holder_number, holder_incarnation, seq, attempt, losses,"
                    + " losses_alone, started, finished, deadlines";

    /** What is made of the others for the indexes. */
    private static final String DERIVED = "deadline, claim_at, key_until, under, turn";

    /** What a transition may change, and what is made of it for the indexes: the columns of {@link #changing}. */
    public static final List<String> CHANGING = names(STATE + ", " + DERIVED);

    /** What {@link #read} reads. */
    public static final String COLUMNS = String.join(", ", FIXED) + ", " + STATE;

    private RunRow() {}

    private static List<String> names(String columns) {
        return List.of(columns.split(", "));
    }

    /**
     * The values of {@link #FIXED}.
     *
     * @param policy as {@link Texts#policy} writes it: most runs of a task have the same
     */
    public static List<@Nullable Object> fixed(Run run, String policy) {
        var origin = run.origin();
        var parent = origin.parent();
        var values = new ArrayList<@Nullable Object>(FIXED.size());
        values.add(run.id());
        values.add(origin.namespace().name());
        values.add(origin.task());
        values.add(origin.version());
        values.add(origin.key());
        values.add(Texts.list(origin.tags()));
        values.add(parent == null ? null : parent.run());
        values.add(parent == null ? null : (Long) (long) parent.attempt());
        values.add(parent == null ? null : parent.key().path());
        values.add(parent == null ? null : flag(parent.bond() == Run.Bond.DETACHED));
        var rerun = origin.rerun();
        values.add(rerun == null ? null : rerun.of());
        values.add(rerun == null || rerun.from() == null ? null : rerun.from().path());
        values.add(policy);
        values.add(millis(run.times().created()));
        return values;
    }

    /**
     * The values of {@link #CHANGING}.
     *
     * @param slot in which it executes, or will
     */
    public static List<@Nullable Object> changing(Run run, Instant now, Run.Slot slot) {
        boolean under = slot == Run.Slot.PARENTS;
        var values = new ArrayList<@Nullable Object>(CHANGING.size());
        var place = run.place();
        var lane = place.lane();
        var lingers = place.lingers();
        values.add(place.queue());
        values.add(lane == null ? "" : lane.name());
        values.add(flag(lane != null && lane.isSerial()));
        values.add(place.slotOf());
        values.add(millis(place.at()));
        values.add(millis(place.due()));
        values.add(lingers == null ? null : (Long) lingers.number());
        values.add(lingers == null ? null : (Long) lingers.incarnation());
        values.add(place.debounce());
        var status = run.status();
        var stop = status.stop();
        values.add(name(status.state()));
        values.add(name(status.outcome()));
        values.add(stop == null ? null : name(stop.reason()));
        values.add(stop == null ? null : name(stop.next()));
        values.add(flag(status.cancelled()));
        values.add(status.waiting() == null ? null : Texts.waiting(status.waiting()));
        var parked = status.parked();
        values.add(parked == null ? null : String.join(AND, parked.versions()));
        values.add(parked == null ? null : parked.key().path());
        values.add(parked == null ? null : parked.recorded());
        values.add(parked == null ? null : parked.called());
        var holder = run.fence().holder();
        values.add(run.fence().epoch());
        values.add(holder == null ? null : name(holder.kind()));
        values.add(holder == null ? null : (Long) holder.number());
        values.add(holder == null ? null : (Long) holder.incarnation());
        values.add(run.fence().seq());
        values.add((long) run.tries().attempt());
        values.add((long) run.tries().losses());
        values.add((long) run.tries().lossesAlone());
        var deadlines = run.times().deadlines();
        values.add(millis(run.times().started()));
        values.add(millis(run.times().finished()));
        values.add(Texts.deadlines(deadlines));
        values.add(millis(deadlines.next().orElse(null)));
        values.add(millis(claimAt(run, now)));
        values.add(keyUntil(run, now));
        values.add(flag(under));
        values.add(turn(run, now, under));
        return values;
    }

    private static @Nullable String name(@Nullable Enum<?> constant) {
        return constant == null ? null : constant.name();
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : (Long) instant.toEpochMilli();
    }

    private static Long flag(boolean set) {
        return set ? 1L : 0L;
    }

    /** Its place, if it can be claimed now: a delayed run comes in when it is due. What is to compensate goes ahead. */
    public static @Nullable Instant claimAt(Run run, Instant now) {
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
    public static Run read(Sql.Row row) throws SQLException {
        var id = row.id();
        var origin = new Run.Origin(
                new Namespace(row.text()),
                row.text(),
                row.text(),
                row.textOrNull(),
                Texts.list(row.textOrNull()),
                parent(row),
                rerun(row));
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
                lingers(row),
                row.textOrNull());
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

    private static Run.@Nullable Rerun rerun(Sql.Row row) throws SQLException {
        RunId of = row.idOrNull();
        String from = row.textOrNull();
        return of == null ? null : new Run.Rerun(of, from == null ? null : new StepKey(from));
    }

    /** What is in {@code parked_version}. */
    public static List<String> versions(String text) {
        return List.of(text.split(AND));
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
                : new Run.Parked(versions(version), new StepKey(key), recorded, called);
        return new Run.Status(state, outcome, stop, cancelled, parked, waiting);
    }

    /** Reads holder_kind, holder_number, holder_incarnation. */
    public static @Nullable Holder holder(Sql.Row row) throws SQLException {
        var kind = row.constantOrNull(Holder.Kind.class);
        long number = row.number();
        long incarnation = row.number();
        return kind == null ? null : new Holder(kind, number, incarnation);
    }
}
