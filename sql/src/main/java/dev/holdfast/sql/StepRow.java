package dev.holdfast.sql;

import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.ErrorJson;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The recorded steps of a run, as rows. */
public final class StepRow {
    private static final String COLUMNS = "key, name, status, epoch, tries, next, error, result, wait";
    private static final String ALL = "SELECT run, " + COLUMNS + " FROM steps WHERE run IN (%s)";
    private static final String PENDING =
            "SELECT " + COLUMNS + " FROM steps INDEXED BY steps_pending WHERE run = ? AND status = 'PENDING'";
    private static final String ANY = "SELECT 1 FROM steps WHERE run = ? LIMIT 1";

    private StepRow() {}

    public static boolean any(Session session, RunId run) throws SQLException {
        return session.sql(ANY).id(run).any();
    }

    /** By key, which is not the order of their texts. */
    public static List<StepRecord> all(Session session, RunId run) throws SQLException {
        return all(session, List.of(run)).getOrDefault(run, List.of());
    }

    /** Of each run that has any. */
    public static Map<RunId, List<StepRecord>> all(Session session, Collection<RunId> runs) throws SQLException {
        var all = new Ids(runs).each(session, ALL, StepRow::read);
        all.replaceAll((run, steps) -> sorted(steps));
        return all;
    }

    public static List<StepRecord> pending(Session session, RunId run) throws SQLException {
        return sorted(session.sql(PENDING).id(run).list(StepRow::read));
    }

    private static List<StepRecord> sorted(List<StepRecord> steps) {
        return steps.stream().sorted(Comparator.comparing(StepRecord::key)).toList();
    }

    private static StepRecord read(Sql.Row row) throws SQLException {
        var key = new StepKey(row.text());
        String name = row.text();
        var status = row.constant(StepRecord.Status.class);
        long epoch = row.number();
        int tries = row.integer();
        var next = row.instantOrNull();
        String error = row.textOrNull();
        String result = row.textOrNull();
        return new StepRecord(
                key,
                name,
                status,
                epoch,
                tries,
                result,
                error == null ? null : ErrorJson.read(error),
                Texts.wait(row.textOrNull(), next));
    }
}
