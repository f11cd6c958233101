package dev.holdfast.peers.holdfast;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.peers.Bodies;
import dev.holdfast.peers.Peer;
import dev.holdfast.peers.Program;
import dev.holdfast.peers.Work;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Holdfast as a library, on PostgreSQL. */
public final class Main implements Peer {
    private static final Task<String, String> NOOP = Task.named("noop", String.class, String.class);
    private static final Task<String, Integer> STEPS = Task.named("steps", String.class, Integer.class);
    private static final Task<String, Integer> STUCK = Task.named("stuck", String.class, Integer.class);
    /**
     * More than are in flight: nobody waits for a slot while one that has just ended cleans up. Others have no limit, or are told
     * theirs.
     */
    private static final int SLOTS = 1_000;

    private static final int AT_ONCE = 1_000;

    private final String url;
    private final Floor.Hold hold = new Floor.Hold();
    private final Holdfast holdfast;

    private Main(String url, String name, Bodies bodies) {
        this.url = url;
        this.holdfast = Holdfast.cluster(
                ClusterOptions.at(url).label(name),
                NodeOptions.defaults().engine(EngineOptions.defaults().slots(SLOTS)),
                List.of(
                        NOOP.handle((context, run) -> {
                            bodies.noop(run);
                            return run;
                        }),
                        Floor.HELD.handle((context, run) -> hold.untilSeen(run)),
                        STEPS.handle((context, run) -> steps(context, Work.STEPS, run, bodies)),
                        STUCK.handle((context, run) -> steps(context, Work.STUCK, run, bodies))));
    }

    private static int steps(Context context, Work work, String run, Bodies bodies) {
        bodies.began(run);
        int sum = 0;
        for (int i = 1; i <= Bodies.STEPS; i++) {
            int number = i;
            sum += context.step("step " + number, Integer.class, x -> bodies.step(work, run, number));
        }
        bodies.ended(run);
        return sum;
    }

    /** Words: see {@link Program}. */
    public static void main(String[] words) {
        Program.run(Main.class, words, Main::new);
    }

    private static Task<String, ?> task(Work work) {
        return switch (work) {
            case NOOP -> NOOP;
            case STEPS -> STEPS;
            case STUCK -> STUCK;
        };
    }

    @Override
    public Map<String, String> settings() {
        var all = new LinkedHashMap<String, String>();
        all.put("version", "Holdfast, this source tree");
        all.put("connections", "up to 8 that read, 3 that write, 4 of the membership");
        all.put("executor", "virtual threads, " + SLOTS + " slots (default: 4 per core)");
        all.put("steps", "ctx.step");
        all.put("recovery", "by any node");
        return all;
    }

    @Override
    public Start direct() {
        return (work, run) -> {
            var handle = holdfast.start(task(work), run);
            return handle::join;
        };
    }

    @Override
    public Optional<Start> queued() {
        return Optional.empty();
    }

    @Override
    public void enqueue(Work work, List<String> runs) {
        for (int at = 0; at < runs.size(); at += AT_ONCE) {
            holdfast.startAll(
                    task(work), runs.subList(at, Math.min(runs.size(), at + AT_ONCE)), dev.holdfast.sdk.Start.now());
        }
    }

    @Override
    public OptionalDouble floor(Duration limit) throws Exception {
        return OptionalDouble.of(Floor.perSecond(url, holdfast, hold, limit));
    }

    @Override
    public void close() {
        holdfast.close();
    }
}
