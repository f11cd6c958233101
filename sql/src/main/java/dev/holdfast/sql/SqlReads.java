package dev.holdfast.sql;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.Line;
import dev.holdfast.engine.port.Backlog;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.QueueView;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.SnapshotWindow;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.Upcoming;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads a ledger whose things are the rows of these tables. */
public final class SqlReads implements Reads {
    /** Few columns: the driver of SQLite asks for the name of each at every call. */
    private static final String PROGRESS =
            "SELECT epoch, seq, CASE WHEN outcome IS NULL THEN 0 ELSE 1 END FROM runs WHERE id = ?";
    /** All of an index that holds what can be claimed, and nothing else is read. */
    private static final String BACKLOG = "SELECT task, NULL, count(*) FROM runs INDEXED BY runs_claimable"
            + " WHERE turn IS NOT NULL GROUP BY task"
            + " UNION ALL SELECT task, NULL, count(*) FROM runs INDEXED BY runs_suspect"
            + " WHERE claim_at <= ? AND " + Suspected.UNPARKED + " GROUP BY task"
            + " UNION ALL SELECT task, parked_version, count(*) FROM runs INDEXED BY runs_parked"
            + " WHERE claim_at <= ? AND claim_at IS NOT NULL AND parked_version IS NOT NULL"
            + " GROUP BY task, parked_version";

    /** Those that are parked stand in an index of their own. */
    private static final String SUSPECTS_WAITING =
            suspectsWaiting(Suspected.UNPARKED) + " UNION ALL " + suspectsWaiting(Suspected.PARKED);

    private static final int VIEW = 200;

    private static final String RUN = "SELECT " + RunRow.COLUMNS + " FROM runs WHERE id = ?";
    private static final String PAYLOADS = "SELECT input, output, error, stream_end FROM run_payloads WHERE run = ?";
    private static final String END = "SELECT stream_end FROM run_payloads WHERE run = ?";
    private static final String SNAPSHOTS = "SELECT seq, state, outcome, epoch, attempt, at, cause, change"
            + " FROM snapshots WHERE run = ? AND seq > ? ORDER BY seq";
    private static final String INBOX = "SELECT number, id, kind, name, body FROM inbox WHERE run = ? ORDER BY number";

    private static final String KEPT =
            "SELECT number, body FROM signals WHERE run = ? AND name = ? ORDER BY number LIMIT 1";
    private static final String TOKEN = "SELECT run, until, completed FROM tokens WHERE id = ?";
    private static final String RESULT = "SELECT r.outcome, p.output, p.error FROM runs r"
            + " LEFT JOIN run_payloads p ON p.run = r.id WHERE r.id = ? AND r.outcome IS NOT NULL";
    private static final String REACHED = "SELECT r.outcome, p.output, p.error FROM runs r"
            + " LEFT JOIN run_payloads p ON p.run = r.id AND r.outcome IS NOT NULL WHERE r.id = ? AND r.namespace = ?";
    private static final String CHILDREN = "SELECT id FROM runs INDEXED BY runs_children"
            + " WHERE parent = ? AND outcome IS NULL AND detached = 0 AND cancelled = 0"
            + " AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.run = runs.id AND i.kind = 'CANCEL') LIMIT ?";

    private final Readers readers;
    private final Supplier<Instant> now;

    public SqlReads(Readers readers, Supplier<Instant> now) {
        this.readers = readers;
        this.now = now;
    }

    @Override
    public Optional<Run> run(Namespace namespace, RunId id) {
        return readers.ask(s -> run(s, namespace, id));
    }

    @Override
    public Optional<Run> run(RunId id) {
        return readers.ask(s -> s.sql(RUN).id(id).first(RunRow::read));
    }

    private static Optional<Run> run(Session session, Namespace namespace, RunId id) throws SQLException {
        return session.sql(RUN)
                .id(id)
                .first(RunRow::read)
                .filter(r -> r.origin().namespace().equals(namespace));
    }

    @Override
    public Optional<RunView> view(Namespace namespace, RunId id) {
        return readers.read(s -> {
            Run run = run(s, namespace, id).orElse(null);
            if (run == null) return Optional.<RunView>empty();
            var payloads = s.sql(PAYLOADS)
                    .id(id)
                    .first(r -> new Texted(r.textOrNull(), r.textOrNull(), r.textOrNull(), r.textOrNull()))
                    .orElse(Texted.NONE);
            boolean succeeded = run.status().outcome() == Outcome.SUCCEEDED;
            RunError error = succeeded || payloads.error() == null ? null : ErrorJson.read(payloads.error());
            return Optional.of(new RunView(
                    run,
                    payloads.input() == null ? "null" : payloads.input(),
                    payloads.output(),
                    error,
                    payloads.end() == null ? null : Texts.end(payloads.end()),
                    snapshots(s, id, run.fence().seq() - VIEW),
                    StepRow.all(s, id)));
        });
    }

    private record Texted(
            @Nullable String input,
            @Nullable String output,
            @Nullable String error,
            @Nullable String end) {
        static final Texted NONE = new Texted(null, null, null, null);
    }

    @Override
    public Optional<StreamEnd> end(RunId id) {
        return readers.ask(s -> s.sql(END).id(id).firstText()).map(Texts::end);
    }

    @Override
    public Map<RunId, List<StepRecord>> steps(Collection<RunId> ids) {
        return readers.ask(s -> StepRow.all(s, ids));
    }

    @Override
    public Optional<Progress> progress(RunId id) {
        return readers.ask(s ->
                s.sql(PROGRESS).id(id).first(r -> new Progress(r.number(), r.number(), r.number() != 0)));
    }

    @Override
    public List<Backlog> backlog(Instant now) {
        return readers.read(s -> s.sql(BACKLOG).instant(now).instant(now).list(SqlReads::backlog));
    }

    private static Backlog backlog(Sql.Row row) throws SQLException {
        String task = row.text();
        String parked = row.textOrNull();
        return new Backlog(task, parked == null ? List.of() : RunRow.versions(parked), row.number());
    }

    @Override
    public Optional<Instant> suspectWaiting(Map<String, String> hosted, Instant now) {
        if (hosted.isEmpty()) return Optional.empty();
        return readers.ask(s -> {
            Sql sql = s.sql(SUSPECTS_WAITING.formatted(Sql.places(hosted.size())));
            for (int kind = 0; kind < 2; kind++) {
                for (String task : hosted.keySet()) sql.text(task);
                sql.instant(now);
            }
            return sql.list(Suspects::read).stream()
                    .filter(each -> each.mayFit(hosted.get(each.task())))
                    .map(Suspects::since)
                    .min(Instant::compareTo);
        });
    }

    private static String suspectsWaiting(String condition) {
        return "SELECT task, parked_version, min(coalesce(due, place)) FROM runs WHERE task IN (%1$s)"
                + " AND " + condition
                + " AND (deadline IS NULL OR deadline > ?) GROUP BY task, parked_version";
    }

    private record Suspects(String task, @Nullable String parked, Instant since) {
        static Suspects read(Sql.Row row) throws SQLException {
            return new Suspects(row.text(), row.textOrNull(), row.instant());
        }

        boolean mayFit(@Nullable String version) {
            return parked == null || !RunRow.versions(parked).contains(version);
        }
    }

    @Override
    public boolean hasSteps(RunId id) {
        return readers.ask(s -> StepRow.any(s, id));
    }

    @Override
    public Optional<SnapshotWindow> snapshots(Namespace namespace, RunId id, long since) {
        return readers.ask(s -> SnapshotsSince.read(s, namespace, id, since));
    }

    private static List<Snapshot> snapshots(Session session, RunId id, long after) throws SQLException {
        return session.sql(SNAPSHOTS).id(id).number(after).list(r -> SnapshotsSince.snapshot(r.number(), r));
    }

    @Override
    public List<Run> runs(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit) {
        return readers.ask(s -> new RunList(namespace, filter, before, limit).read(s));
    }

    @Override
    public List<Run> lane(Namespace namespace, String queue, String lane, @Nullable RunId after, int limit) {
        return readers.ask(s -> new LaneRuns(namespace, queue, lane).page(s, after, limit));
    }

    @Override
    public List<Run> live(Namespace namespace, String queue, String lane) {
        return readers.ask(s -> new LaneRuns(namespace, queue, lane).live(s));
    }

    @Override
    public Optional<Run> turn(Namespace namespace, String queue, String lane) {
        return readers.ask(s -> new LaneRuns(namespace, queue, lane).turn(s));
    }

    @Override
    public Map<RunId, Payloads> payloads(Collection<RunId> ids) {
        return readers.ask(s -> LaneRuns.payloads(s, ids));
    }

    @Override
    public List<StepRecord> pending(RunId id) {
        return readers.ask(s -> StepRow.pending(s, id));
    }

    @Override
    public Optional<Kept> kept(RunId id, String name) {
        return readers.ask(s -> s.sql(KEPT).id(id).text(name).first(r -> new Kept(r.number(), r.text())));
    }

    @Override
    public Optional<Token> token(String id) {
        return readers.ask(s -> s.sql(TOKEN).text(id).first(r -> new Token(r.id(), r.instant(), r.number() != 0)));
    }

    @Override
    public Optional<Result> result(RunId id) {
        return readers.ask(s -> s.sql(RESULT).id(id).first(r -> result(r.constant(Outcome.class), r)));
    }

    private static Result result(Outcome outcome, Sql.Row row) throws SQLException {
        String output = row.textOrNull();
        String error = row.textOrNull();
        return new Result(outcome, output, error == null ? null : ErrorJson.read(error));
    }

    @Override
    public Optional<Reached> reached(Namespace namespace, RunId id) {
        return readers.ask(s -> s.sql(REACHED).id(id).text(namespace.name()).first(r -> {
            var outcome = r.constantOrNull(Outcome.class);
            return new Reached(outcome == null ? null : result(outcome, r));
        }));
    }

    @Override
    public List<RunId> children(RunId parent, int limit) {
        return readers.ask(s -> s.sql(CHILDREN).id(parent).number(limit).list(Sql.Row::id));
    }

    @Override
    public Line line(Run run) {
        return readers.read(s -> new Lines(s, now.get()).of(run));
    }

    @Override
    public List<QueueView> queues(Namespace namespace) {
        return readers.ask(s -> QueueList.queues(s, namespace));
    }

    @Override
    public List<LaneView> lanes(Namespace namespace, String queue, @Nullable Lane after, int limit) {
        return readers.ask(s -> QueueList.lanes(s, namespace, queue, after, limit));
    }

    @Override
    public List<Message.Delivered> inbox(RunId id) {
        return readers.ask(s -> s.sql(INBOX)
                .id(id)
                .list(r -> new Message.Delivered(
                        r.number(),
                        new Message(r.id().uuid(), r.constant(Message.Kind.class), r.textOrNull(), r.textOrNull()))));
    }

    @Override
    public Optional<StoredSchedule> schedule(Namespace namespace, String name) {
        return readers.ask(s -> ScheduleRow.one(s, namespace, name));
    }

    @Override
    public List<StoredSchedule> schedules(Namespace namespace, @Nullable String after, int limit) {
        return readers.ask(s -> ScheduleRow.page(s, namespace, after, limit));
    }

    @Override
    public List<Upcoming> upcoming(Collection<String> tasks, @Nullable Upcoming after, int limit) {
        return readers.ask(s -> ScheduleRow.upcoming(s, tasks, after, limit));
    }
}
