package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.NUMBER;
import static dev.holdfast.postgres.Columns.Type.TEXT;
import static dev.holdfast.postgres.Columns.Type.UUID;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.StoredSchedule.Seen;
import dev.holdfast.engine.port.Write;
import dev.holdfast.postgres.ChangeWork.ScheduleKey;
import dev.holdfast.postgres.ChangeWork.Unique;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.RunRow;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that a batch looks up before it decides anything. First it locks, in the order that every transaction keeps: request
 * ids, keys, schedules, lanes, runs, each by its name or id. What it looks up later is therefore not changed by anybody
 * until it ends.
 */
final class Scene {
    private static final String SCHEDULES = "SELECT namespace, name, revision, next FROM schedules"
            + " WHERE (namespace, name) IN (SELECT * FROM " + Columns.unnest(TEXT, TEXT)
            + " AS v) ORDER BY namespace, name FOR NO KEY UPDATE";
    private static final String MESSAGES = "SELECT i.run, i.number FROM inbox i JOIN " + Columns.unnest(UUID, NUMBER)
            + " AS v(run, number) ON i.run = v.run AND i.number = v.number";
    private static final String REMOVED = "SELECT run FROM removed WHERE run = ANY(?)";
    /** A child's parent holds the slot of the same serial lane, or executes in it itself. */
    private static final String PARENTS = "SELECT id, " + LaneKey.COLUMNS + " FROM runs WHERE id = ANY(?)"
            + " AND serial = 1 AND (slot_of IS NOT NULL OR under = 1)";
    /** What most runs that end have nothing of: who waits for them, children that end with them, mail. */
    private static final String AROUND_ENDS = "SELECT 0, target, waiter FROM waits WHERE target = ANY(?)"
            + " UNION ALL SELECT DISTINCT 1, parent, parent FROM runs"
            + " WHERE parent = ANY(?) AND parent IS NOT NULL AND outcome IS NULL AND detached = 0"
            + " UNION ALL SELECT DISTINCT 2, run, run FROM inbox WHERE run = ANY(?)"
            + " UNION ALL SELECT DISTINCT 2, run, run FROM signals WHERE run = ANY(?)"
            + " UNION ALL SELECT DISTINCT 2, run, run FROM tokens WHERE run = ANY(?)";

    private final Requests requests;
    private final Keys keys;
    private final Map<ScheduleKey, Seen> schedules = new HashMap<>();
    private final LaneBook lanes;
    private final Map<RunId, Locked> runs = new HashMap<>();
    private final Set<RunId> removed = new HashSet<>();
    private final Set<Mail> messages = new HashSet<>();
    private final Map<RunId, LaneKey> slots = new HashMap<>();
    private final Map<RunId, List<RunId>> waiters = new TreeMap<>();
    private final Set<RunId> withChildren = new HashSet<>();
    private final Set<RunId> withMail = new HashSet<>();

    private record Mail(RunId run, long number) {}

    private Scene(Requests requests, Keys keys, LaneBook lanes) {
        this.requests = requests;
        this.keys = keys;
        this.lanes = lanes;
    }

    static Scene of(Transaction tx, List<ChangeWork> changes, List<AppendWork> appends) throws SQLException {
        var wish = new Wish(changes, appends, tx.now());
        var requests = Requests.take(tx, wish.requests);
        var keys = Keys.lock(tx, wish.uniques);
        var scene = new Scene(requests, keys, new LaneBook(tx));
        scene.schedules(tx, wish);
        scene.lanes.lock(wish.lanes);
        for (Locked run : Locked.all(tx, uuids(wish.locked))) scene.runs.put(run.id(), run);
        if (!wish.fresh.isEmpty()) {
            scene.removed.addAll(tx.sql(REMOVED).uuids(uuids(wish.fresh)).list(r -> r.id()));
        }
        scene.messages(tx, wish);
        scene.slots(tx, wish);
        scene.ends(tx, wish);
        return scene;
    }

    /** What the works of a batch name. */
    private static final class Wish {
        final List<dev.holdfast.engine.port.Request> requests = new ArrayList<>();
        final Set<Unique> uniques = new TreeSet<>();
        final Set<ScheduleKey> schedules = new HashSet<>();
        final Set<LaneKey> lanes = new HashSet<>();
        final Set<RunId> locked = new TreeSet<>();
        final List<RunId> fresh = new ArrayList<>();
        final Columns consumed = new Columns(UUID, NUMBER);
        final Set<RunId> parents = new TreeSet<>();
        final Set<RunId> ending = new TreeSet<>();

        private final Instant now;

        Wish(List<ChangeWork> changes, List<AppendWork> appends, Instant now) {
            this.now = now;
            for (ChangeWork work : changes) {
                var request = work.request();
                if (request != null) requests.add(request);
                for (Part part : work.part().all()) add(part);
            }
            for (AppendWork work : appends) locked.add(work.append().run());
        }

        private void add(Part part) {
            locked.add(part.run());
            if (part.isNew()) fresh.add(part.run());
            Run row = part.row();
            if (row != null) {
                Unique unique = part.isNew() ? Unique.of(row) : null;
                if (unique != null) uniques.add(unique);
                var parent = row.origin().parent();
                // One whose time is to come enters its lane then, and is nothing to it before.
                boolean comesLater = part.isNew() && parent == null && RunRow.claimAt(row, now) == null;
                if (row.place().lane() != null && !comesLater) lanes.add(LaneKey.of(row));
                if (part.isNew()
                        && parent != null
                        && parent.bond() == Run.Bond.ATTACHED
                        && LaneKey.of(row).serial()) {
                    parents.add(parent.run());
                }
                if (part.ends()) ending.add(part.run());
            }
            for (Write write : part.change().writes()) {
                switch (write) {
                    case Write.Await await -> locked.add(await.target());
                    // Whoever claims it at this moment is before it, or passes it over.
                    case Write.Post post when post.message().kind() == Message.Kind.CANCEL -> locked.add(post.to());
                    case Write.Fire fire ->
                        schedules.add(new ScheduleKey(
                                fire.moves().namespace().name(), fire.moves().name()));
                    case Write.Consume consume -> {
                        for (long number : consume.numbers()) consumed.add(part.run(), (Long) number);
                    }
                    case Write.ClearInbox clear -> ending.add(part.run());
                    default -> {}
                }
            }
        }
    }

    private void schedules(Transaction tx, Wish wish) throws SQLException {
        if (wish.schedules.isEmpty()) return;
        var names = new Columns(TEXT, TEXT);
        for (ScheduleKey each : wish.schedules) names.add(each.namespace(), each.name());
        for (var each : names.in(tx.sql(SCHEDULES))
                .list(r ->
                        Map.entry(new ScheduleKey(r.text(), r.text()), new Seen(r.id().uuid(), r.instantOrNull())))) {
            schedules.put(each.getKey(), each.getValue());
        }
    }

    private void messages(Transaction tx, Wish wish) throws SQLException {
        if (wish.consumed.isEmpty()) return;
        messages.addAll(wish.consumed.in(tx.sql(MESSAGES)).list(r -> new Mail(r.id(), r.number())));
    }

    private void slots(Transaction tx, Wish wish) throws SQLException {
        if (wish.parents.isEmpty()) return;
        for (var each : tx.sql(PARENTS).uuids(uuids(wish.parents)).list(r -> Map.entry(r.id(), LaneKey.read(r))))
            slots.put(each.getKey(), each.getValue());
    }

    private record Around(int kind, RunId run, RunId other) {}

    private void ends(Transaction tx, Wish wish) throws SQLException {
        if (wish.ending.isEmpty()) return;
        var ids = uuids(wish.ending);
        var found = tx.sql(AROUND_ENDS)
                .uuids(ids)
                .uuids(ids)
                .uuids(ids)
                .uuids(ids)
                .uuids(ids)
                .list(r -> new Around(r.integer(), r.id(), r.id()));
        for (Around each : found) {
            switch (each.kind()) {
                case 0 ->
                    waiters.computeIfAbsent(each.run(), k -> new ArrayList<>()).add(each.other());
                case 1 -> withChildren.add(each.run());
                default -> withMail.add(each.run());
            }
        }
    }

    static List<java.util.@Nullable UUID> uuids(Iterable<RunId> ids) {
        var all = new ArrayList<java.util.@Nullable UUID>();
        for (RunId id : ids) all.add(id.uuid());
        return all;
    }

    Requests requests() {
        return requests;
    }

    Keys keys() {
        return keys;
    }

    LaneBook lanes() {
        return lanes;
    }

    /** The row of a run as it is until the batch ends; null if there is none. */
    @Nullable
    Locked run(RunId id) {
        return runs.get(id);
    }

    /** Whether a run of this id was there and is there no more. */
    boolean wasRemoved(RunId id) {
        return removed.contains(id);
    }

    @Nullable
    Seen schedule(ScheduleKey key) {
        return schedules.get(key);
    }

    boolean hasMessage(RunId run, long number) {
        return messages.contains(new Mail(run, number));
    }

    /** Whether a new run executes in its parent's slot. */
    boolean isUnder(Run run) {
        var parent = run.origin().parent();
        return parent != null
                && parent.bond() == Run.Bond.ATTACHED
                && LaneKey.of(run).equals(slots.get(parent.run()));
    }

    List<RunId> waiters(RunId target) {
        return waiters.getOrDefault(target, List.of());
    }

    boolean hasChildren(RunId parent) {
        return withChildren.contains(parent);
    }

    boolean hasMail(RunId run) {
        return withMail.contains(run);
    }
}
