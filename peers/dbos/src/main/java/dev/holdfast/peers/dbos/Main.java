package dev.holdfast.peers.dbos;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Queue;
import dev.dbos.transact.workflow.Workflow;
import dev.dbos.transact.workflow.WorkflowHandle;
import dev.holdfast.peers.Bodies;
import dev.holdfast.peers.Peer;
import dev.holdfast.peers.Pool;
import dev.holdfast.peers.Program;
import dev.holdfast.peers.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Workflows of DBOS Transact: started directly, or through a queue. */
public final class Main implements Peer {
    private static final int CONNECTIONS = 20;
    /** The shortest that its documentation shows. */
    private static final Duration POLL = Duration.ofMillis(100);

    private static final String QUEUE = "work";
    private static final int CLIENTS = 50;

    private final HikariDataSource pool;
    private final DBOS dbos;
    private final Runs runs;

    private Main(HikariDataSource pool, String name, Bodies bodies) {
        this.pool = pool;
        this.dbos = new DBOS(DBOSConfig.defaults("peers")
                .withDataSource(pool)
                .withMigrate(true)
                .withAppVersion("1")
                .withExecutorId(name));
        this.runs = dbos.registerProxy(Runs.class, new Executed(dbos, bodies));
        dbos.registerQueue(new Queue(QUEUE).withPollingInterval(POLL));
        dbos.launch();
    }

    /** What the proxy calls. */
    static final class Executed implements Runs {
        private final DBOS dbos;
        private final Bodies bodies;

        Executed(DBOS dbos, Bodies bodies) {
            this.dbos = dbos;
            this.bodies = bodies;
        }

        @Override
        @Workflow(name = "noop")
        public void noop(String run) {
            bodies.noop(run);
        }

        @Override
        @Workflow(name = "steps")
        public int steps(String work, String run) {
            bodies.began(run);
            int sum = 0;
            for (int i = 1; i <= Bodies.STEPS; i++) {
                int number = i;
                sum += dbos.runStep(() -> bodies.step(Work.valueOf(work), run, number), "step");
            }
            bodies.ended(run);
            return sum;
        }
    }

    /** Words: see {@link Program}. */
    public static void main(String[] words) {
        Program.run(Main.class, words, (url, name, bodies) -> new Main(Pool.of(url, CONNECTIONS), name, bodies));
    }

    @Override
    public Map<String, String> settings() {
        var all = new LinkedHashMap<String, String>();
        all.put("version", "DBOS Transact 1.1.0-m6");
        all.put("connections", Pool.told(CONNECTIONS));
        all.put("executor", "virtual threads, its default from Java 21 on");
        all.put("queue", "polled every " + POLL.toMillis() + " ms (default: 1 s), no limits");
        all.put("steps", "runStep in a workflow");
        all.put("recovery", "at its own start only; of another process only by Conductor, which is not in the library");
        return all;
    }

    @Override
    public Start direct() {
        return (work, run) -> start(work, run, new StartWorkflowOptions(run))::getResult;
    }

    @Override
    public Optional<Start> queued() {
        return Optional.of((work, run) -> start(work, run, new StartWorkflowOptions(run).withQueue(QUEUE))::getResult);
    }

    private WorkflowHandle<?, ?> start(Work work, String run, StartWorkflowOptions options) {
        if (work == Work.NOOP) return dbos.startWorkflow(() -> runs.noop(run), options);
        return dbos.startWorkflow(() -> runs.steps(work.name(), run), options);
    }

    @Override
    public void enqueue(Work work, List<String> names) throws Exception {
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            var all = new ArrayList<Future<?>>();
            for (String run : names) {
                all.add(clients.submit(() -> start(work, run, new StartWorkflowOptions(run).withQueue(QUEUE))));
            }
            for (var each : all) each.get();
        }
    }

    @Override
    public void close() {
        dbos.shutdown();
        pool.close();
    }
}
