package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.NUMBER;
import static dev.holdfast.postgres.Columns.Type.TEXT;
import static dev.holdfast.postgres.Columns.Type.UUID;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Write;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch writes for those who wait: messages, kept signals, edges, and what leaves with a run that ends.
 *
 * <p>A message that is no cancel is inserted without a lock on its run. If the run ends or is given up meanwhile, whoever has posted looks at
 * it after his commit and drains it, and if he dies the next look does. An edge is inserted under the lock of the run that is
 * waited for, which is also held by whoever ends that: one of the two sees the other.
 */
final class MailWrites {
    private static final Columns.Type[] POST = {UUID, UUID, TEXT, TEXT, TEXT, NUMBER};
    private static final String INSERT = "INSERT INTO inbox (run, id, kind, name, body)"
            + " SELECT v.run, v.id, v.kind, v.name, v.body FROM " + Columns.unnest(POST)
            + " AS v(run, id, kind, name, body, place)"
            + " WHERE v.kind = 'FINALISE' OR EXISTS (SELECT 1 FROM runs r WHERE r.id = v.run AND r.outcome IS NULL)"
            + " ORDER BY v.place ON CONFLICT (run, id) DO NOTHING";
    private static final String CONSUME = "DELETE FROM inbox i USING " + Columns.unnest(UUID, NUMBER)
            + " AS v(run, number) WHERE i.run = v.run AND i.number = v.number";
    private static final List<String> CLEAR = List.of(
            "DELETE FROM inbox WHERE run = ANY(?)",
            "DELETE FROM signals WHERE run = ANY(?)",
            "DELETE FROM tokens WHERE run = ANY(?)");
    private static final Columns.Type[] SIGNAL = {UUID, TEXT, TEXT, NUMBER};
    private static final String OF_NAME = " FROM signals s WHERE s.run = v.run AND s.name = v.name)";
    private static final String IN_TURN = " row_number() OVER (PARTITION BY v.run, v.name ORDER BY v.place)";
    private static final String KEEP_LAST = "INSERT INTO signals (run, name, number, body) SELECT v.run, v.name,"
            + " (SELECT coalesce(max(s.number), 0)" + OF_NAME + " +" + IN_TURN + ", v.body FROM "
            + Columns.unnest(SIGNAL) + " AS v(run, name, body, place)";
    private static final String KEEP_FIRST = "INSERT INTO signals (run, name, number, body) SELECT v.run, v.name,"
            + " (SELECT coalesce(min(s.number), 0)" + OF_NAME + " -" + IN_TURN + ", v.body FROM "
            + Columns.unnest(SIGNAL) + " AS v(run, name, body, place)";
    private static final String TAKE = "DELETE FROM signals s USING " + Columns.unnest(UUID, TEXT, NUMBER)
            + " AS v(run, name, number) WHERE s.run = v.run AND s.name = v.name AND s.number = v.number"
            + " RETURNING s.run, s.name, s.number";
    private static final String EDGE = "INSERT INTO waits (target, waiter) SELECT * FROM " + Columns.unnest(UUID, UUID)
            + " AS v ON CONFLICT DO NOTHING";
    private static final String FORGET_EDGES = "DELETE FROM waits WHERE target = ANY(?)";

    private final Transaction tx;
    private final Scene scene;
    private final Columns posts = new Columns(POST);
    private final Columns consumed = new Columns(UUID, NUMBER);
    private final List<RunId> cleared = new ArrayList<>();
    private final Columns first = new Columns(SIGNAL);
    private final Columns last = new Columns(SIGNAL);
    private final Map<Taken, ChangeWork> taken = new LinkedHashMap<>();
    private final Columns edges = new Columns(UUID, UUID);
    private final List<RunId> edgesLeft = new ArrayList<>();

    private record Taken(RunId run, String name, long number) {}

    MailWrites(Transaction tx, Scene scene) {
        this.tx = tx;
        this.scene = scene;
    }

    void add(Part part, ChangeWork work) {
        RunId run = part.run();
        for (Write write : part.change().writes()) {
            switch (write) {
                case Write.Post w -> post(w.to(), w.message());
                case Write.Consume w -> {
                    for (long number : w.numbers()) consumed.add(run, (Long) number);
                }
                case Write.ClearInbox w -> {
                    if (scene.hasMail(run)) cleared.add(run);
                }
                case Write.Keep w -> {
                    Columns where = switch (w.where()) {
                        case FIRST -> first;
                        case LAST -> last;
                    };
                    where.add(run, w.name(), w.json(), where.size());
                }
                case Write.Take w -> taken.put(new Taken(run, w.name(), w.number()), work);
                default -> {}
            }
        }
    }

    /** Whoever waits for somebody; after {@link #add} of the whole change, so that what begins in it is known. */
    void awaits(Part part) {
        for (Write.Await await : part.writes(Write.Await.class)) {
            RunId target = await.target();
            boolean begins = part.begins().stream().anyMatch(p -> p.run().equals(target));
            Locked there = scene.run(target);
            boolean alive = begins || (there != null && there.state() != dev.holdfast.core.RunState.FINISHED);
            if (alive) edges.add(target, part.run());
            else tell(target, part.run());
        }
    }

    /** The run has ended: who waits for it is told, and what is left is noted. */
    void ended(RunId run) {
        List<RunId> waiters = scene.waiters(run);
        for (RunId waiter : waiters) tell(run, waiter);
        if (!waiters.isEmpty()) edgesLeft.add(run);
        if (scene.hasChildren(run)) post(run, new Message(run.uuid(), Message.Kind.FINALISE, null, null));
    }

    private void tell(RunId target, RunId waiter) {
        post(waiter, new Message(target.uuid(), Message.Kind.RUN_ENDED, target.toString(), null));
    }

    private void post(RunId to, Message message) {
        posts.add(to, message.id(), message.kind(), message.name(), message.body(), posts.size());
    }

    /** What was there before leaves. */
    void consume() throws SQLException {
        if (!consumed.isEmpty()) consumed.in(tx.sql(CONSUME)).update();
        if (!cleared.isEmpty()) {
            List<java.util.@Nullable UUID> ids = Scene.uuids(cleared);
            for (String table : CLEAR) tx.sql(table).uuids(ids).update();
        }
        if (taken.isEmpty()) return;
        var rows = new Columns(UUID, TEXT, NUMBER);
        for (Taken each : taken.keySet()) rows.add(each.run(), each.name(), (Long) each.number());
        var found = new HashSet<>(rows.in(tx.sql(TAKE)).list(r -> new Taken(r.id(), r.text(), r.number())));
        for (Map.Entry<Taken, ChangeWork> each : taken.entrySet()) {
            if (found.contains(each.getKey())) continue;
            throw Surprise.of(
                    each.getValue(),
                    new Refused(
                            "signal_taken",
                            "signal '" + each.getKey().name() + "' of run "
                                    + each.getKey().run() + " was taken already. This is a bug"));
        }
    }

    void deliver() throws SQLException {
        if (!first.isEmpty()) first.in(tx.sql(KEEP_FIRST)).update();
        if (!last.isEmpty()) last.in(tx.sql(KEEP_LAST)).update();
        if (!edges.isEmpty()) edges.in(tx.sql(EDGE)).update();
        if (!edgesLeft.isEmpty())
            tx.sql(FORGET_EDGES).uuids(Scene.uuids(edgesLeft)).update();
        if (!posts.isEmpty()) posts.in(tx.sql(INSERT)).update();
    }
}
