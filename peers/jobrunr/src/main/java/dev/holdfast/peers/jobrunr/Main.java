package dev.holdfast.peers.jobrunr;

import com.zaxxer.hikari.HikariDataSource;
import dev.holdfast.peers.Bodies;
import dev.holdfast.peers.Peer;
import dev.holdfast.peers.Pool;
import dev.holdfast.peers.Program;
import dev.holdfast.peers.Work;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.configuration.JobRunrConfiguration;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.context.JobContext;
import org.jobrunr.jobs.filters.ApplyStateFilter;
import org.jobrunr.jobs.states.JobState;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.scheduling.JobScheduler;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;

/** Jobs of JobRunr; a run of steps is one job that calls {@code runStepOnce}. */
public final class Main implements Peer {
    private static final int WORKERS = 32;
    private static final int CONNECTIONS = 30;
    private static final Duration POLL = Duration.ofSeconds(5);

    private final ConcurrentMap<UUID, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
    private final HikariDataSource pool;
    private final JobScheduler scheduler;

    private Main(HikariDataSource pool, String name, Bodies bodies) {
        this.pool = pool;
        var jobs = new Jobs(bodies);
        JobRunrConfiguration configuration = JobRunr.configure()
                .useJobActivator(activator(jobs))
                .useStorageProvider(new PostgresStorageProvider(pool))
                .withJobFilter(new Ends())
                .useBackgroundJobServer(BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andName(name)
                        .andWorkerCount(WORKERS)
                        .andPollInterval(POLL));
        this.scheduler = configuration.initialize().getJobScheduler();
    }

    private static JobActivator activator(Jobs jobs) {
        return new JobActivator() {
            @Override
            public <T> T activateJob(Class<T> type) {
                return type.cast(jobs);
            }
        };
    }

    /** There is no way to wait for a job; this is told in its own process when one is over. */
    private final class Ends implements ApplyStateFilter {
        @Override
        public void onStateApplied(Job job, JobState before, JobState after) {
            if (after.getName() != StateName.SUCCEEDED) return;
            CompletableFuture<Void> waiter = waiting.remove(job.getId());
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
        all.put("version", "JobRunr 8.7.0, the open-source edition");
        all.put("connections", Pool.told(CONNECTIONS));
        all.put("workers", WORKERS + ", virtual threads: 16 per core, its default");
        all.put("polling", "every " + POLL.toSeconds() + " s, the shortest it allows on a database (default: 15 s)");
        all.put("steps", "runStepOnce in one job: a step is stored with the next update of the job, not when it ends");
        all.put("waiting", "by a filter in the same process: there is no way to wait");
        all.put("recovery", "a job that was not updated for four polls has failed, and is tried again");
        return all;
    }

    @Override
    public Start direct() {
        return (work, run) -> {
            var end = new CompletableFuture<Void>();
            UUID id = UUID.randomUUID();
            waiting.put(id, end);
            String name = work.name();
            if (work == Work.NOOP) scheduler.<Jobs>enqueue(id, jobs -> jobs.noop(run));
            else scheduler.<Jobs>enqueue(id, jobs -> jobs.steps(name, run, JobContext.Null));
            return end::get;
        };
    }

    @Override
    public Optional<Start> queued() {
        return Optional.empty();
    }

    @Override
    public void enqueue(Work work, List<String> runs) {
        String name = work.name();
        Stream<String> all = runs.stream();
        if (work == Work.NOOP) scheduler.<Jobs, String>enqueue(all, (jobs, run) -> jobs.noop(run));
        else scheduler.<Jobs, String>enqueue(all, (jobs, run) -> jobs.steps(name, run, JobContext.Null));
    }

    @Override
    public void close() {
        JobRunr.destroy();
        pool.close();
    }
}
