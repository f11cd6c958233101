package dev.holdfast.sqlite;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sql.RunRow;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a change: request id, fence, business key, then what it writes. Whatever can refuse it without harm comes
 * before the first write; what is found out later undoes the whole change.
 */
final class ChangeWork extends Work<Receipt> {
    private static final Receipt APPLIED = new Receipt.Applied();
    private static final Receipt STALE = new Receipt.Stale();

    private static final String FENCE =
            "SELECT holder_kind, holder_number, holder_incarnation, epoch, seq, state FROM runs WHERE id = ?";
    private static final String KEY_HOLDER =
            "SELECT id, key_until FROM runs WHERE namespace = ? AND task = ? AND key = ? AND key_until IS NOT NULL";
    private static final String DEBOUNCED = "SELECT id FROM runs INDEXED BY runs_debounced"
            + " WHERE namespace = ? AND task = ? AND debounce = ? AND debounce IS NOT NULL";
    private static final String FREE_KEY = "UPDATE runs SET key_until = NULL WHERE id = ?";

    private static final String MESSAGE = "SELECT 1 FROM inbox WHERE run = ? AND number = ?";

    private final Change change;
    private final @Nullable Run row;
    private final int snapshots;
    private final boolean begins;
    private final boolean consumes;
    private final boolean fires;

    ChangeWork(Change change) {
        this.change = change;
        Run found = null;
        int counted = 0;
        boolean starts = false;
        boolean takes = false;
        boolean isFiring = false;
        for (Write write : change.writes()) {
            if (write instanceof Write.Row r) found = r.run();
            if (write instanceof Write.Snap) counted++;
            starts |= write instanceof Write.Begin;
            takes |= write instanceof Write.Consume;
            isFiring |= write instanceof Write.Fire;
        }
        this.begins = starts;
        this.consumes = takes;
        this.fires = isFiring;
        this.row = found;
        this.snapshots = counted;
    }

    @Override
    Receipt in(Transaction tx) throws SQLException {
        Request request = change.request();
        Receipt first = request == null ? null : Requests.seenBefore(tx, request);
        if (first != null) return first;
        if (fires && !isToFire(tx)) return STALE;
        if (begins) {
            Optional<RunId> by = childKeyHolder(tx);
            if (by.isPresent()) return new Receipt.KeyHeld(by.get());
        }
        if (consumes && !hasMessages(tx)) return STALE;
        Receipt receipt = row == null ? withoutRow(tx) : withRow(tx, row);
        if (request != null) {
            switch (receipt) {
                case Receipt.Applied a -> Requests.answer(tx, request, request.answer());
                case Receipt.KeyHeld held -> {
                    // The answer to a debounced start is written with what becomes of the run that has its key.
                    boolean debounced = row != null && row.place().debounce() != null;
                    if (!debounced) Requests.answer(tx, request, held.by().toString());
                }
                case Receipt.Stale s -> {}
                case Receipt.Repeated r -> {}
                case Receipt.Rejected r -> {}
            }
        }
        return receipt;
    }

    @Override
    Receipt refusal(Refused why) {
        return new Receipt.Rejected(why);
    }

    private Receipt withoutRow(Transaction tx) throws SQLException {
        if (!admits(present(tx))) return STALE;
        writes(tx).carryOut();
        return APPLIED;
    }

    private Receipt withRow(Transaction tx, Run next) throws SQLException {
        switch (change.expect()) {
            case Expect.Absent e -> {
                Optional<RunId> by = keyHolder(tx, next);
                if (by.isPresent()) return present(tx) == null ? new Receipt.KeyHeld(by.get()) : STALE;
                var lanes = new LaneBook(tx);
                var before = lanes.fresh(next);
                if (!tx.rows().insert(next, before.isUnder(), input())) return STALE;
                var parent = next.origin().parent();
                if (parent != null) tx.rows().meets(parent.run());
                lanes.after(before, next);
                writes(tx).carryOutNew(next);
                return APPLIED;
            }
            case Expect.Held e -> {
                return update(tx, next, new Fence(e.by().epoch(), e.by().holder(), seqBefore(next)));
            }
            case Expect.AsRead e -> {
                boolean continues = seqBefore(next) == e.fence().seq();
                return continues ? update(tx, next, e.fence()) : staleOrGap(tx);
            }
            case Expect.Alive e -> throw new IllegalStateException("a row without a fence was let through");
        }
    }

    private long seqBefore(Run next) {
        return next.fence().seq() - snapshots;
    }

    private Receipt update(Transaction tx, Run next, Fence fence) throws SQLException {
        var lanes = new LaneBook(tx);
        var before = lanes.before(next);
        if (!tx.rows().update(next, fence, before.isUnder())) return staleOrGap(tx);
        lanes.after(before, next);
        writes(tx).carryOut();
        return APPLIED;
    }

    private @Nullable String input() {
        for (Write write : change.writes()) {
            if (write instanceof Write.Payload p && p.kind() == Write.Payload.Kind.INPUT) return p.json();
        }
        return null;
    }

    /** Nothing was written: because somebody else has it, or because the caller has miscounted? */
    private Receipt staleOrGap(Transaction tx) throws SQLException {
        if (!admits(present(tx))) return STALE;
        return new Receipt.Rejected(new Refused(
                "snapshot_gap",
                "a change of run " + change.run() + " cannot be written: its snapshots do not continue those that are"
                        + " there. Each snapshot has the seq after the one before. This is a bug"));
    }

    private @Nullable Present present(Transaction tx) throws SQLException {
        return tx.read(FENCE)
                .id(change.run())
                .first(r -> {
                    var holder = RunRow.holder(r);
                    return new Present(new Fence(r.number(), holder, r.number()), r.constant(RunState.class));
                })
                .orElse(null);
    }

    private record Present(Fence fence, RunState state) {}

    private boolean admits(@Nullable Present present) {
        if (present == null) return change.expect() instanceof Expect.Absent;
        Fence fence = present.fence();
        return switch (change.expect()) {
            case Expect.Absent e -> false;
            case Expect.Held e ->
                fence.epoch() == e.by().epoch() && e.by().holder().equals(fence.holder());
            case Expect.AsRead e -> fence.equals(e.fence());
            case Expect.Alive e -> present.state() != RunState.FINISHED;
        };
    }

    /**
     * Whether what it consumes is there. Two who have read the same inbox may both decide without moving the seq, and
     * only the first of them has applied the messages.
     */
    private boolean hasMessages(Transaction tx) throws SQLException {
        for (Write write : change.writes()) {
            if (!(write instanceof Write.Consume consume)) continue;
            for (long number : consume.numbers()) {
                if (!tx.read(MESSAGE).id(change.run()).number(number).any()) return false;
            }
        }
        return true;
    }

    /** Whether the schedule that starts it still is as it was read: only the first who has read it fires it. */
    private boolean isToFire(Transaction tx) throws SQLException {
        for (Write write : change.writes()) {
            if (write instanceof Write.Fire fire && !ScheduleWork.isAsSeen(tx, fire.moves())) return false;
        }
        return true;
    }

    /** Looked at before anything is written, so that nothing of the whole change is. */
    private Optional<RunId> childKeyHolder(Transaction tx) throws SQLException {
        for (Write write : change.writes()) {
            if (!(write instanceof Write.Begin begin)) continue;
            for (Write first : begin.start().writes()) {
                if (!(first instanceof Write.Row child)) continue;
                Optional<RunId> by = keyHolder(tx, child.run());
                if (by.isPresent()) return by;
            }
        }
        return Optional.empty();
    }

    /** Who has the business key. One whose time has passed is freed on the way, whether or not anybody has tidied up. */
    private static Optional<RunId> keyHolder(Transaction tx, Run next) throws SQLException {
        if (next.place().debounce() != null) return debounced(tx, next);
        String key = next.origin().key();
        if (key == null) return Optional.empty();
        var found = tx.read(KEY_HOLDER)
                .text(next.origin().namespace().name())
                .text(next.origin().task())
                .text(key)
                .first(r -> new KeyHolder(r.id(), r.number()));
        if (found.isEmpty()) return Optional.empty();
        if (found.get().until() > tx.now().toEpochMilli())
            return Optional.of(found.get().run());
        tx.write(FREE_KEY).id(found.get().run()).update();
        tx.rows().forget(found.get().run());
        return Optional.empty();
    }

    private static Optional<RunId> debounced(Transaction tx, Run next) throws SQLException {
        return tx.read(DEBOUNCED)
                .text(next.origin().namespace().name())
                .text(next.origin().task())
                .text(next.place().debounce())
                .first(Sql.Row::id);
    }

    private record KeyHolder(RunId run, long until) {}

    private ChangeWrites writes(Transaction tx) {
        return new ChangeWrites(tx, change);
    }
}
