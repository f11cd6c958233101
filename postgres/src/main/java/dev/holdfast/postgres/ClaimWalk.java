package dev.holdfast.postgres;

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
import dev.holdfast.engine.port.Rate;
import dev.holdfast.sql.Alternation;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.Lines;
import dev.holdfast.sql.Place;
import dev.holdfast.sql.QueueRow;
import dev.holdfast.sql.Suspected;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The claim of a batch: lane after lane takes a turn, the one that was served longest ago first, until there
 * are enough runs or no lane has any more. It waits for nobody: what somebody else has locked is passed over, so that it
 * may lock in the order in which lanes take turns.
 */
final class ClaimWalk {
    static final String ANY_SUSPECT = "SELECT 1 FROM runs WHERE " + Suspected.UNPARKED + " LIMIT 1";
    static final String ANY_PARKED =
            "SELECT 1 FROM runs WHERE parked_version IS NOT NULL AND claim_at IS NOT NULL LIMIT 1";
    private static final String ANY_PARKED_SUSPECT = "SELECT 1 FROM runs WHERE " + Suspected.PARKED + " LIMIT 1";
    private static final String ANY_OF_BOTH =
            "SELECT 1 WHERE EXISTS (" + ANY_SUSPECT + ") OR EXISTS (" + ANY_PARKED_SUSPECT + ")";
    /** A lane without a limit is always ready: it is counted by nobody. */
    private static final String ANYTHING = "SELECT 1 WHERE (EXISTS (SELECT 1 FROM lanes WHERE ready = 1)"
            + " AND (EXISTS (SELECT 1 FROM runs WHERE turn IS NOT NULL) OR EXISTS (" + ANY_PARKED + "))) OR EXISTS ("
            + ANY_SUSPECT + ") OR EXISTS (" + ANY_PARKED_SUSPECT + ")";

    /** Each kind stands in an index of its own. Whether one that is parked fits is seen when it is locked. */
    private static final String SUSPECTS =
            "(" + suspects(Suspected.UNPARKED) + ") UNION ALL (" + suspects(Suspected.PARKED) + ") ORDER BY 2, 1";

    private static final String QUEUE = "SELECT 1 FROM queues WHERE namespace = ? AND name = ?";
    private static final String LOCK_QUEUE = QUEUE + " FOR NO KEY UPDATE SKIP LOCKED";
    private static final String LOCK_LANE =
            "SELECT 1 FROM lanes WHERE " + LaneKey.IS + " FOR NO KEY UPDATE SKIP LOCKED";
    private static final String WAITING =
            "SELECT count(*) FROM (SELECT 1 FROM runs WHERE turn IS NOT NULL LIMIT ?) AS waiting";
    /**
     * Asked when their rows are locked, and so whoever posts a cancel waits: {@link Obstacle.Cancelled}, of all of them at
     * once. It is ended by whoever looks into its inbox.
     */
    private static final String INPUTS = "SELECT run, input FROM run_payloads p WHERE run = ANY(?)"
            + " AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.run = p.run AND i.kind = 'CANCEL')";
    /** Fairness between nodes is worth no waiting. */
    private static final String SERVED = "UPDATE lanes l SET served = nextval('turns') FROM (SELECT " + LaneKey.COLUMNS
            + " FROM lanes WHERE (" + LaneKey.COLUMNS + ") IN (SELECT * FROM "
            + Columns.unnest(Columns.Type.TEXT, Columns.Type.TEXT, Columns.Type.TEXT, Columns.Type.NUMBER)
            + " AS v) ORDER BY " + LaneKey.COLUMNS + " FOR NO KEY UPDATE SKIP LOCKED) AS s"
            + " WHERE l.namespace = s.namespace AND l.queue = s.queue AND l.lane = s.lane AND l.serial = s.serial";

    private static String suspects(String condition) {
        return "SELECT id, claim_at, " + LaneKey.COLUMNS + " FROM runs WHERE task = ANY(?) AND " + condition
                + " AND (deadline IS NULL OR deadline > ?)";
    }

    private final Transaction tx;
    private final Claim claim;
    private final Memory memory;
    private final RunWrites runs;
    private final LaneBook lanes;
    private final PassedOver passedOver = new PassedOver();
    private final Map<RunId, Given> given = new LinkedHashMap<>();

    private record Given(
            Candidate candidate,
            Decision.Transition transition,
            @Nullable Pace pace) {}

    /** What a node remembers from claim to claim. */
    record Memory(Ids ids, Alternation alternation) {}

    ClaimWalk(Transaction tx, Claim claim, Memory memory) {
        this.tx = tx;
        this.claim = claim;
        this.memory = memory;
        this.runs = new RunWrites(tx);
        this.lanes = new LaneBook(tx);
    }

    /** Whether there may be something, by one look at the beginning of small indexes. */
    static boolean isWorthIt(Transaction tx) throws SQLException {
        return tx.sql(ANYTHING).any();
    }

    List<Claimed> claim(KnownQueues known) throws SQLException {
        int most = Math.min(claim.max(), claim.admission().slots());
        if (most <= 0 || !Alive.lock(tx, claim.holder())) return List.of();
        choose(claim.alive() == 1 ? most : (int) Math.min(most, claim.share(waiting())));
        if (given.isEmpty()) return List.of();
        Map<RunId, String> inputs = inputs();
        if (given.keySet().retainAll(inputs.keySet())) passedOver.note();
        var claimed = new ArrayList<Claimed>();
        for (Given each : given.values())
            claimed.add(write(each, inputs.getOrDefault(each.candidate().run().id(), "null")));
        runs.write();
        lanes.write(known);
        return List.copyOf(claimed);
    }

    /** What was left out because somebody else had it locked. */
    PassedOver passedOver() {
        return passedOver;
    }

    private long waiting() throws SQLException {
        return tx.sql(WAITING).number(claim.countUpTo()).single();
    }

    /** Those whose turn it is; or the suspect whose turn it is, and nobody beside it. */
    private void choose(int most) throws SQLException {
        Company company = claim.admission().company();
        Candidate suspect = company.admitsSuspects() ? suspect() : null;
        if (company == Company.NOBODY || company == Company.OTHERS) walk(most, suspect);
        else if (suspect != null) alone(suspect);
    }

    private void walk(int most, @Nullable Candidate suspect) throws SQLException {
        var walk = new Lanes(tx, most, passedOver);
        var again = new ArrayDeque<LaneTurn>();
        var served = new TreeSet<LaneKey>(LaneBook.ORDER);
        boolean parked = tx.sql(ANY_PARKED).any();
        while (given.size() < most) {
            var found = walk.next();
            LaneTurn lane = found == null ? again.poll() : turn(found, parked, walk.seen() == 1 ? most : 1);
            if (lane == null) break;
            if (!walk.enter(lane.lane())) continue;
            Candidate next = lane.next();
            if (next == null) {
                walk.leave(lane.lane());
                continue;
            }
            if (suspect != null && given.isEmpty() && suspect.compareTo(next) < 0) break;
            boolean alone = next.run().isSuspect();
            if (alone && !given.isEmpty()) {
                walk.leave(lane.lane());
                continue;
            }
            if (!give(next, walk.pace(lane.lane()))) {
                walk.leave(lane.lane());
                continue;
            }
            served.add(lane.lane().key());
            again.add(lane);
            if (alone) break;
        }
        if (given.isEmpty() && suspect != null) alone(suspect);
        // A lane that is alone has nobody who would come before it.
        if (served.isEmpty() || !(walk.seen() > 1 || walk.hasMore())) return;
        var keys = new Columns(Columns.Type.TEXT, Columns.Type.TEXT, Columns.Type.TEXT, Columns.Type.NUMBER);
        for (LaneKey key : served) keys.add(key.namespace(), key.queue(), key.lane(), key.serial() ? 1 : 0);
        keys.in(tx.sql(SERVED)).update();
    }

    private LaneTurn turn(Lanes.Found found, boolean parked, int wanted) {
        if (!found.key().isPlain()) lanes.hasLocked(found.key());
        var wish = new Candidates.Wish(claim.admission(), parked, wanted, passedOver);
        return new LaneTurn(tx, found, wish, memory.alternation());
    }

    /** Its lane, its queue and its row are locked: what was counted before it holds until the transaction ends. */
    private boolean give(Candidate candidate, @Nullable Pace pace) throws SQLException {
        Run run = candidate.run();
        if (given.containsKey(run.id())) return false;
        boolean parents = candidate.isUnder() && LaneKey.of(run).serial();
        var line = Line.FREE.in(parents ? Run.Slot.PARENTS : Run.Slot.OWN);
        if (Obstacle.of(run, line, claim.admission(), tx.now()).isPresent()) return false;
        Instant at = new Lines(tx.session(), tx.now()).begins(run);
        Decision decision = Rules.decide(run, new Command.Claim(claim.holder(), line.slot()), at);
        if (!(decision instanceof Decision.Transition transition)) return false;
        given.put(run.id(), new Given(candidate, transition, pace));
        return true;
    }

    private Claimed write(Given each, String input) throws SQLException {
        Run run = each.candidate().run();
        boolean under = each.candidate().isUnder();
        Run next = each.transition().next();
        runs.update(next, under);
        runs.snapshot(
                run.id(),
                Snapshot.of(
                        next, each.transition().cause(), tx.now(), memory.ids().next()));
        lanes.change(LaneKey.of(next), Share.of(run, under, tx.now()), Share.of(next, under, tx.now()));
        Pace pace = each.pace();
        return new Claimed(next, input, pace == null ? null : pace.count());
    }

    private void alone(Candidate suspect) throws SQLException {
        var lane = LaneKey.of(suspect.run());
        Rate rate = QueueRow.of(tx.session(), lane.namespace(), lane.queue())
                .settings()
                .rate();
        give(suspect, rate == null ? null : new Pace(tx, lane.namespace(), lane.queue(), rate));
    }

    /**
     * The first suspect that nothing stands against. There are few of them: each has been lost three times. Its lane is
     * locked like any other.
     */
    private @Nullable Candidate suspect() throws SQLException {
        if (!tx.sql(ANY_OF_BOTH).any()) return null;
        var tasks = new ArrayList<@Nullable String>(claim.admission().hosted().keySet());
        for (Suspect each : tx.sql(SUSPECTS)
                .texts(tasks)
                .instant(tx.now())
                .texts(tasks)
                .instant(tx.now())
                .list(r -> new Suspect(new Place(r.id(), r.number()), LaneKey.read(r)))) {
            if (!locks(each.lane())) continue;
            for (Candidate candidate : Candidate.lock(tx, List.of(each.place()))) {
                Line line = new Lines(tx.session(), tx.now()).of(candidate.run());
                if (Obstacle.of(candidate.run(), line, claim.admission(), tx.now())
                        .isEmpty()) return candidate;
            }
        }
        return null;
    }

    private record Suspect(Place place, LaneKey lane) {}

    /** What counts what may execute of it: its queue, if that is known for something, and its lane. */
    private boolean locks(LaneKey lane) throws SQLException {
        boolean said = tx.sql(QUEUE).text(lane.namespace()).text(lane.queue()).any();
        boolean locked = said
                && tx.sql(LOCK_QUEUE).text(lane.namespace()).text(lane.queue()).any();
        if (said && !locked) return passed();
        if (lane.isPlain()) return true;
        if (!lane.in(tx.sql(LOCK_LANE)).any()) return passed();
        lanes.hasLocked(lane);
        return true;
    }

    private boolean passed() {
        passedOver.note();
        return false;
    }

    /** Those of whom nothing stands against any more. */
    private Map<RunId, String> inputs() throws SQLException {
        var inputs = new HashMap<RunId, String>();
        tx.sql(INPUTS).uuids(Scene.uuids(given.keySet())).list(r -> {
            RunId run = r.id();
            String input = r.textOrNull();
            inputs.put(run, input == null ? "null" : input);
            return run;
        });
        return inputs;
    }
}
