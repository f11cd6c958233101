package dev.holdfast.peers.dbscheduler;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import dev.holdfast.peers.Bodies;
import dev.holdfast.peers.Peer;
import dev.holdfast.peers.Pool;
import dev.holdfast.peers.Program;
import dev.holdfast.peers.Work;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/** One-time tasks of db-scheduler; a run of steps is a chain of tasks, each of which replaces the one before. */
public final class Main implements Peer {
    private static final int THREADS = 20;
    private static final int CONNECTIONS = 30;
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final int MISSED = 4;
    private static final String EMPTY = "noop";

    /** As its documentation has it for PostgreSQL. */
    private static final String TABLE = """
            CREATE TABLE IF NOT EXISTS scheduled_tasks (
              task_name text NOT NULL,
              task_instance text NOT NULL,
              task_data bytea,
              execution_time timestamp with time zone NOT NULL,
              picked boolean NOT NULL,
              picked_by text,
              last_success timestamp with time zone,
              last_failure timestamp with time zone,
              consecutive_failures int,
              last_heartbeat timestamp with time zone,
              version bigint NOT NULL,
              priority smallint,
              PRIMARY KEY (task_name, task_instance)
            );
            CREATE INDEX IF NOT EXISTS execution_time_idx ON scheduled_tasks (execution_time);
            CREATE INDEX IF NOT EXISTS last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
            CREATE INDEX IF NOT EXISTS priority_execution_time_idx ON scheduled_tasks (priority DESC, execution_time ASC);
            """;

    private final ConcurrentMap<String, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
    private final HikariDataSource pool;
    private final Scheduler scheduler;

    private Main(HikariDataSource pool, String name, Bodies bodies) throws SQLException {
        this.pool = pool;
        try (var connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
        OneTimeTask<Void> noop = Tasks.oneTime(EMPTY).execute((instance, context) -> bodies.noop(instance.getId()));
        var all = new ArrayList<Task<?>>(List.of(noop));
        for (Work work : List.of(Work.STEPS, Work.STUCK)) {
            for (int step = 1; step <= Bodies.STEPS; step++) all.add(link(work, step, bodies));
        }
        this.scheduler = Scheduler.create(pool, all)
                .schedulerName(new SchedulerName.Fixed(name))
                .threads(THREADS)
                .pollUsingLockAndFetch(1.0, 4.0)
                .pollingInterval(Duration.ofSeconds(1))
                .heartbeatInterval(HEARTBEAT)
                .missedHeartbeatsLimit(MISSED)
                .enableImmediateExecution()
                .addSchedulerListener(new Ends())
                .build();
        scheduler.start();
    }

    private static String first(Work work) {
        return work == Work.NOOP ? EMPTY : name(work, 1);
    }

    private static String name(Work work, int step) {
        return work + "-" + step;
    }

    /** A task of a chain: what it returns takes its place in one statement. */
    private static Task<Void> link(Work work, int step, Bodies bodies) {
        return Tasks.custom(name(work, step), Void.class).execute((instance, context) -> {
            String run = instance.getId();
            if (step == 1) bodies.began(run);
            bodies.step(work, run, step);
            if (step == Bodies.STEPS) {
                bodies.ended(run);
                return new CompletionHandler.OnCompleteRemove<>();
            }
            return new CompletionHandler.OnCompleteReplace<Void, Void>(current ->
                    SchedulableInstance.of(new TaskInstance<>(name(work, step + 1), current.getId()), Instant.now()));
        });
    }

    /** There is no way to wait for an execution; this is told in its own process when one is over. */
    private final class Ends extends AbstractSchedulerListener {
        @Override
        public void onExecutionComplete(ExecutionComplete done) {
            TaskInstance<?> instance = done.getExecution().taskInstance;
            String task = instance.getTaskName();
            if (!task.equals(EMPTY) && !task.endsWith("-" + Bodies.STEPS)) {
                // Immediate execution is for what a client schedules; the next link would wait for a poll.
                scheduler.triggerCheckForDueExecutions();
                return;
            }
            CompletableFuture<Void> waiter = waiting.remove(instance.getId());
            if (waiter != null) waiter.complete(null);
        }
    }

    /** Words: see {@link Program}. */
    public static void main(String[] words) {
        Program.run(Main.class, words, (url, name, bodies) -> new Main(Pool.of(url, CONNECTIONS), name, bodies));
    }

    @Override
    public Map<String, String> settings() {
        var all = new LinkedHashMap<String, String>();
        all.put("version", "db-scheduler 16.12.0");
        all.put("connections", Pool.told(CONNECTIONS));
        all.put("polling", "lock-and-fetch(1.0, 4.0), every second (default: 10 s), immediate execution");
        all.put("threads", "" + THREADS);
        all.put("steps", "a chain of tasks by OnCompleteReplace; triggerCheckForDueExecutions after each");
        all.put("waiting", "by a listener in the same process: there is no way to wait");
        all.put(
                "recovery",
                "heartbeat " + HEARTBEAT.toSeconds() + " s, dead after " + MISSED
                        + " missed (default: 5 min, 6 missed)");
        return all;
    }

    @Override
    public Start direct() {
        return (work, run) -> {
            var end = new CompletableFuture<Void>();
            waiting.put(run, end);
            scheduler.schedule(new TaskInstance<Void>(first(work), run), Instant.now());
            return end::get;
        };
    }

    @Override
    public Optional<Start> queued() {
        return Optional.empty();
    }

    @Override
    public void enqueue(Work work, List<String> runs) {
        String first = first(work);
        Stream<TaskInstance<?>> all = runs.stream().map(run -> new TaskInstance<Void>(first, run));
        scheduler.scheduleBatch(all, Instant.now());
        scheduler.triggerCheckForDueExecutions();
    }

    @Override
    public void close() {
        scheduler.stop();
        pool.close();
    }
}
