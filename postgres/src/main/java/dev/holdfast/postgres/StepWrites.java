package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.NUMBER;
import static dev.holdfast.postgres.Columns.Type.TEXT;
import static dev.holdfast.postgres.Columns.Type.UUID;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sql.Texts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Steps that a batch records, and those that it moves to the history. */
final class StepWrites {
    private static final Columns.Type[] ROW = {UUID, TEXT, TEXT, TEXT, NUMBER, NUMBER, NUMBER, TEXT, TEXT, TEXT};
    /** Writes no row if the step is final. */
    private static final String RECORD =
            "INSERT INTO steps (run, key, name, status, epoch, tries, next, error, result, wait) SELECT * FROM "
                    + Columns.unnest(ROW) + " AS v ON CONFLICT (run, key) DO UPDATE SET name = excluded.name,"
                    + " status = excluded.status, epoch = excluded.epoch, tries = excluded.tries, next = excluded.next,"
                    + " error = excluded.error, result = excluded.result, wait = excluded.wait"
                    + " WHERE steps.status = 'PENDING'"
                    // A row that was inserted was never locked or deleted by anybody.
                    + " RETURNING run, key, CASE WHEN xmax = 0 THEN 1 ELSE 0 END";

    private static final String COUNT = "SELECT run, count(*) FROM steps WHERE run = ANY(?) GROUP BY run";
    private static final String TO_HISTORY =
            "INSERT INTO step_history (run, attempt, key, name, status, epoch, tries, next, error, result, wait)"
                    + " SELECT s.run, v.attempt, s.key, s.name, s.status, s.epoch, s.tries, s.next, s.error, s.result, s.wait"
                    + " FROM " + Columns.unnest(UUID, NUMBER, TEXT)
                    + " AS v(run, attempt, key) JOIN steps s ON s.run = v.run AND s.key = v.key";
    private static final String FORGET = "DELETE FROM steps s USING " + Columns.unnest(UUID, TEXT)
            + " AS v(run, key) WHERE s.run = v.run AND s.key = v.key RETURNING s.run";
    private static final String VOID_TOKENS = "DELETE FROM tokens t USING " + Columns.unnest(UUID, TEXT)
            + " AS v(run, key) WHERE t.run = v.run AND t.key = v.key";

    private final Transaction tx;
    private final StepCounts counts;
    /** A step may be recorded twice in one change: it begins, and ends. They are written one after the other. */
    private final List<Map<Recorded, StepRecord>> rounds = new ArrayList<>();

    private final Map<RunId, Recording> recordings = new TreeMap<>();
    private final Columns moved = new Columns(UUID, NUMBER, TEXT);
    private final Columns left = new Columns(UUID, TEXT);

    StepWrites(Transaction tx, StepCounts counts) {
        this.tx = tx;
        this.counts = counts;
    }

    private record Recorded(RunId run, String key) {}

    /**
     * A run of which steps are recorded.
     *
     * @param epoch of its holder, who counts them; null if nobody holds it
     */
    private record Recording(ChangeWork work, @Nullable Long epoch, boolean isNew) {}

    void add(Part part, ChangeWork work) {
        RunId run = part.run();
        boolean any = false;
        for (Write write : part.change().writes()) {
            switch (write) {
                case Write.Step w -> {
                    any = true;
                    round(new Recorded(run, w.step().key().path()), w.step());
                }
                case Write.ToHistory w -> {
                    any = true;
                    for (StepKey key : w.steps()) {
                        moved.add(run, w.attempt(), key.path());
                        left.add(run, key.path());
                    }
                }
                default -> {}
            }
        }
        if (!any) return;
        Long epoch = part.change().expect() instanceof Expect.Held held
                ? (Long) held.by().epoch()
                : null;
        recordings.put(run, new Recording(work, epoch, part.isNew()));
    }

    private void round(Recorded at, StepRecord step) {
        for (var round : rounds) {
            if (round.putIfAbsent(at, step) == null) return;
        }
        var next = new java.util.LinkedHashMap<Recorded, StepRecord>();
        next.put(at, step);
        rounds.add(next);
    }

    void write() throws SQLException {
        if (recordings.isEmpty()) return;
        Map<RunId, Integer> present = counted();
        var changed = new HashMap<RunId, Integer>();
        for (var round : rounds) record(round, changed);
        if (!moved.isEmpty()) {
            left.in(tx.sql(VOID_TOKENS)).update();
            moved.in(tx.sql(TO_HISTORY)).update();
            for (RunId run : left.in(tx.sql(FORGET)).list(r -> r.id())) changed.merge(run, -1, Integer::sum);
        }
        for (Map.Entry<RunId, Recording> each : recordings.entrySet()) {
            RunId run = each.getKey();
            int now = present.getOrDefault(run, 0) + changed.getOrDefault(run, 0);
            if (now > Defaults.STEPS_PER_RUN && changed.getOrDefault(run, 0) > 0) throw tooMany(run, each.getValue());
            Long epoch = each.getValue().epoch();
            if (epoch != null) tx.learn(() -> counts.put(run, epoch, now));
        }
    }

    private void record(Map<Recorded, StepRecord> round, Map<RunId, Integer> changed) throws SQLException {
        var rows = new Columns(ROW);
        for (Map.Entry<Recorded, StepRecord> each : round.entrySet()) {
            StepRecord step = each.getValue();
            rows.add(
                    each.getKey().run(),
                    each.getKey().key(),
                    step.name(),
                    step.status(),
                    step.epoch(),
                    step.tries(),
                    step.next(),
                    step.error() == null ? null : ErrorJson.write(step.error()),
                    step.result(),
                    Texts.wait(step.awaits()));
        }
        var written = new HashMap<Recorded, Boolean>();
        rows.in(tx.sql(RECORD)).list(r -> {
            var at = new Recorded(r.id(), r.text());
            written.put(at, r.number() != 0);
            return at;
        });
        for (Recorded at : round.keySet()) {
            Boolean isNew = written.get(at);
            if (isNew == null) throw recordedBefore(at);
            if (isNew) changed.merge(at.run(), 1, Integer::sum);
        }
    }

    /** How many are there before anything is recorded here. */
    private Map<RunId, Integer> counted() throws SQLException {
        var known = new HashMap<RunId, Integer>();
        var asked = new ArrayList<java.util.@Nullable UUID>();
        for (Map.Entry<RunId, Recording> each : recordings.entrySet()) {
            RunId run = each.getKey();
            Recording recording = each.getValue();
            Integer count = recording.epoch() == null ? null : counts.get(run, recording.epoch());
            if (count != null) known.put(run, count);
            else if (!recording.isNew()) asked.add(run.uuid());
        }
        if (!asked.isEmpty()) {
            tx.sql(COUNT).uuids(asked).list(r -> {
                RunId run = r.id();
                known.put(run, r.integer());
                return run;
            });
        }
        return known;
    }

    private Surprise recordedBefore(Recorded at) {
        return refused(
                at.run(),
                "step_recorded",
                "step " + at.key() + " of run " + at.run() + " is recorded already and never changes");
    }

    private Surprise tooMany(RunId run, Recording recording) {
        return Surprise.of(
                recording.work(),
                new Refused(
                        "too_many_steps",
                        "run " + run + " has " + Defaults.STEPS_PER_RUN
                                + " steps, which is the limit: let a step do more, or start further runs"));
    }

    private Surprise refused(RunId run, String code, String message) {
        Recording recording = recordings.get(run);
        if (recording == null) throw new IllegalStateException("nobody records a step of " + run);
        return Surprise.of(recording.work(), new Refused(code, message));
    }
}
