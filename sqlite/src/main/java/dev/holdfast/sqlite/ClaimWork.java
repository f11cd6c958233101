package dev.holdfast.sqlite;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.engine.Company;
import dev.holdfast.engine.Line;
import dev.holdfast.engine.Obstacle;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.sql.Alternation;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.Lines;
import dev.holdfast.sql.Place;
import dev.holdfast.sql.Suspected;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives runs to a holder: lane after lane takes a turn, the one that was served longest ago first, until there are enough
 * runs or no lane has any more. Only what can be claimed now stands in the indexes that are read: what is delayed, overdue,
 * not hosted or parked takes nobody's turn, and neither does a lane that is paused or full.
 */
final class ClaimWork extends Work<List<Claimed>> {
    /** The beginning of a small index: an ordinary claim asks once, and not for each task. */
    private static final String ANY_SUSPECT =
            "SELECT 1 FROM runs INDEXED BY runs_suspect" + " WHERE " + Suspected.UNPARKED + " LIMIT 1";

    private static final String SUSPECTS = "SELECT id, claim_at FROM runs INDEXED BY runs_suspect"
            + " WHERE task = ? AND " + Suspected.UNPARKED
            + " AND (deadline IS NULL OR deadline > ?) ORDER BY claim_at, id";
    private static final String PARKED_SUSPECTS = "SELECT id, claim_at FROM runs INDEXED BY runs_parked_suspect"
            + " WHERE task = ? AND " + Suspected.PARKED
            + " AND (deadline IS NULL OR deadline > ?) ORDER BY claim_at, id";

    private static final String ANY_PARKED =
            "SELECT 1 FROM runs WHERE parked_version IS NOT NULL AND claim_at IS NOT NULL LIMIT 1";
    /** What has to be looked at one by one: a lane, a limit, a suspect, or what other code has parked. */
    private static final String ANYTHING_SPECIAL =
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM lanes INDEXED BY lanes_ready WHERE ready = 1 AND lane <> '')"
                    + " OR EXISTS (SELECT 1 FROM queues WHERE concurrency IS NOT NULL OR rate_count IS NOT NULL)"
                    + " OR EXISTS (" + ANY_SUSPECT + ") OR EXISTS (" + ANY_PARKED + ")";

    private static final String WAITING =
            "SELECT count(*) FROM (SELECT 1 FROM runs INDEXED BY runs_claimable WHERE turn IS NOT NULL LIMIT ?)";

    private static final String SERVED = "UPDATE lanes SET served = ? WHERE " + LaneKey.IS;

    private final Supplier<Claim> wish;
    private final Ids ids;
    private final Alternation alternation;
    private Claim claim;
    private List<Claimed> given = List.of();

    @SuppressWarnings("NullAway.Init") // Whatever needs the claim comes after in(), which asks for it.
    ClaimWork(Supplier<Claim> wish, Ids ids, Alternation alternation) {
        this.wish = wish;
        this.ids = ids;
        this.alternation = alternation;
    }

    @Override
    List<Claimed> in(Transaction tx) throws SQLException {
        given = List.of();
        claim = wish.get();
        int most = Math.min(claim.max(), claim.admission().slots());
        if (claim.alive() > 1) most = Math.min(most, tx.rows().pending().size() + share(tx));
        if (hasRoomForAll(tx, most)) {
            given = everything(tx, most);
        } else {
            tx.settle();
            given = List.copyOf(chosen(tx, most));
        }
        return given;
    }

    /** What was started in this transaction can be claimed in it, and is then written once. */
    @Override
    boolean isLast() {
        return true;
    }

    @Override
    void durable() {
        claim.told().accept(given);
    }

    /** A change of each run that it gives. */
    @Override
    int changes() {
        return given.size();
    }

    private int share(Transaction tx) throws SQLException {
        long waiting = tx.readApart(WAITING).number(claim.countUpTo()).single();
        return (int) Math.min(claim.max(), claim.share(waiting));
    }

    /**
     * Whether runs were started in this transaction, and all that wait, they and others, get a slot: then it makes no odds
     * whose turn it is.
     */
    private boolean hasRoomForAll(Transaction tx, int most) throws SQLException {
        Company company = claim.admission().company();
        if (company != Company.NOBODY && company != Company.OTHERS) return false;
        int started = tx.rows().pending().size();
        if (started == 0 || started > most || tx.readApart(ANYTHING_SPECIAL).any()) return false;
        int room = most - started;
        return tx.readApart(WAITING).number(room + 1).single() <= room;
    }

    private List<Claimed> everything(Transaction tx, int most) throws SQLException {
        List<Run> started = tx.rows().pending();
        var all = lanes(tx, most - started.size(), null);
        for (Run run : started) {
            if (tx.isOpen(LaneKey.of(run))) give(tx, run, plain(tx, run)).ifPresent(all::add);
        }
        return List.copyOf(all);
    }

    /** Those whose turn it is; or the suspect whose turn it is, and nobody beside it. */
    private List<Claimed> chosen(Transaction tx, int most) throws SQLException {
        if (most <= 0) return List.of();
        Company company = claim.admission().company();
        Run suspect = company.admitsSuspects() ? suspect(tx) : null;
        if (company == Company.CLEARED || company == Company.CLEARING || company == Company.A_SUSPECT) {
            return suspect == null ? List.of() : give(tx, suspect).stream().toList();
        }
        return lanes(tx, most, suspect);
    }

    private List<Claimed> lanes(Transaction tx, int most, @Nullable Run suspect) throws SQLException {
        var all = new ArrayList<Claimed>();
        var walk = new LaneWalk(tx, most);
        var again = new ArrayDeque<LaneTurn>();
        var served = new LinkedHashSet<LaneKey>();
        boolean parked = tx.readApart(ANY_PARKED).any();
        while (all.size() < most) {
            var found = walk.next();
            LaneTurn lane = found == null ? again.poll() : turn(tx, found, parked, walk.seen() == 1 ? most : 1);
            if (lane == null) break;
            if (!walk.enter(lane.lane())) continue;
            RunId id = lane.next();
            if (id == null) {
                walk.leave(lane.lane());
                continue;
            }
            Run run = row(tx, id);
            if (suspect != null && all.isEmpty() && place(suspect).compareTo(place(run)) < 0) break;
            boolean alone = run.isSuspect();
            if (alone && !all.isEmpty()) continue;
            var line = lane.lane().isPlain() && lane.lane().gate().isEmpty() ? plain(tx, run) : line(tx, run);
            var claimed = give(tx, run, line);
            if (claimed.isEmpty()) {
                walk.leave(lane.lane());
                continue;
            }
            all.add(claimed.get());
            served.add(lane.lane().key());
            again.add(lane);
            if (alone) break;
        }
        if (all.isEmpty() && suspect != null) return give(tx, suspect).stream().toList();
        // A lane that is alone has nobody who would come before it.
        if (walk.seen() > 1 || walk.hasMore()) {
            for (LaneKey key : served)
                key.in(tx.write(SERVED).number(tx.batch() + 1)).update();
        }
        return all;
    }

    private LaneTurn turn(Transaction tx, LaneTurn.Found found, boolean parked, int wanted) throws SQLException {
        return new LaneTurn(tx, found, new LaneTurn.Wish(claim.admission().hosted(), parked, wanted), alternation);
    }

    private static Place place(Run run) {
        return new Place(run.id(), run.place().at().toEpochMilli());
    }

    private static Run row(Transaction tx, RunId id) throws SQLException {
        return tx.rows().read(id).orElseThrow();
    }

    /** What is around a run that is in no lane, in a queue without a limit: of most it is known that nobody has sent them anything. */
    private static Line plain(Transaction tx, Run run) throws SQLException {
        boolean cancelled = !tx.rows().isAlone(run.id()) && new Lines(tx.session(), tx.now()).isCancelled(run.id());
        return cancelled ? Line.FREE.withCancel() : Line.FREE;
    }

    private static Line line(Transaction tx, Run run) throws SQLException {
        return new Lines(tx.session(), tx.now()).of(run);
    }

    private Optional<Claimed> give(Transaction tx, Run run) throws SQLException {
        return give(tx, run, line(tx, run));
    }

    /** What is around it was read within this transaction, after what was given before: nothing can come in between. */
    private Optional<Claimed> give(Transaction tx, Run run, Line line) throws SQLException {
        if (Obstacle.of(run, line, claim.admission(), tx.now()).isPresent()) return Optional.empty();
        var at = new Lines(tx.session(), tx.now()).begins(run);
        Decision decision = Rules.decide(run, new Command.Claim(claim.holder(), line.slot()), at);
        if (!(decision instanceof Decision.Transition transition)) return Optional.empty();
        String input = tx.rows().input(run.id());
        write(tx, run, transition, ids);
        var pace = line.pace();
        var opens = pace == null ? null : RateWrites.count(tx, run, pace.rate());
        return Optional.of(new Claimed(transition.next(), input, opens));
    }

    private static void write(Transaction tx, Run before, Decision.Transition transition, Ids ids) throws SQLException {
        var lanes = new LaneBook(tx);
        var share = lanes.before(before);
        if (!tx.rows().update(transition.next(), before.fence(), share.isUnder())) {
            throw new IllegalStateException(before.id() + " has changed within a transaction");
        }
        lanes.after(share, transition.next());
        ChangeWrites.snapshot(
                tx, before.id(), Snapshot.of(transition.next(), transition.cause(), tx.now(), ids.next()));
    }

    /** The first suspect that nothing stands against. There are few of them: each has been lost three times. */
    private @Nullable Run suspect(Transaction tx) throws SQLException {
        var found = new ArrayList<Place>();
        if (tx.readApart(ANY_SUSPECT).any()) suspects(tx, SUSPECTS, found);
        if (tx.readApart(ANY_PARKED).any()) suspects(tx, PARKED_SUSPECTS, found);
        found.sort(null);
        for (Place each : found) {
            Run run = row(tx, each.id());
            if (Obstacle.of(run, line(tx, run), claim.admission(), tx.now()).isEmpty()) return run;
        }
        return null;
    }

    private void suspects(Transaction tx, String statement, List<Place> into) throws SQLException {
        for (String task : claim.admission().hosted().keySet()) {
            into.addAll(tx.read(statement).text(task).instant(tx.now()).list(r -> new Place(r.id(), r.number())));
        }
    }

    /** The claim was committed, but nobody could be told: what was given is given back, and nobody is blamed. */
    @Override
    void disown(Transaction tx) throws SQLException {
        for (Claimed claimed : given) {
            Run run = tx.rows().read(claimed.run().id()).orElse(null);
            if (run == null || run.fence().epoch() != claimed.run().fence().epoch()) continue;
            var lost = new Command.Lost(claim.holder(), Command.Blame.NOT_COUNTED);
            if (Rules.decide(run, lost, tx.now()) instanceof Decision.Transition transition) {
                write(tx, run, transition, ids);
            }
        }
    }
}
