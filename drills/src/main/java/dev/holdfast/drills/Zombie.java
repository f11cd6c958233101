package dev.holdfast.drills;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * A node is frozen for longer than it may be silent, and wakes up: what it had goes on elsewhere, nothing of what it still
 * wants to write is written, and it joins again under a new number.
 */
record Zombie(Duration frozen) implements Fault {
    private static final String REFUSED = "holdfast_writes_stale_total";

    @Override
    public String name() {
        return "zombie";
    }

    @Override
    public List<String> happen(Scene scene) throws IOException, InterruptedException {
        Node node = scene.anyNode();
        long before = Ring.demandNumber(node);
        long refused = refused(node);
        // Last: what it executes may end while it is asked.
        scene.awaitMoment(List.of(node));
        Strike stop = scene.note(Strike.now(Strike.Kind.STOP, node));
        node.process().signal("STOP");
        scene.fleet().outOfService(node);
        scene.say("node " + node.label() + ", pid " + node.pid() + ", is frozen for " + frozen.toSeconds() + " s");
        scene.awaitResumed(node);
        long after = Scene.now() - stop.micros();
        scene.say("what it had goes on elsewhere after " + after / 1_000 + " ms");
        Thread.sleep(Math.max(1, frozen.toMillis() - after / 1_000));
        Strike cont = scene.note(Strike.now(Strike.Kind.CONT, node));
        Instant woken = Instant.now();
        node.process().signal("CONT");
        scene.say("node " + node.label() + " goes on");
        Node back = scene.fleet().back(node, before, woken, Scene.PATIENCE);
        demandGone(scene, before);
        scene.awaitActive(back, cont.micros(), "when it came back");
        return List.of(
                "node %s was number %d, was taken over after %.1f s, and came back as number %d"
                        .formatted(node.label(), before, after / 1e6, Ring.demandNumber(back)),
                back.pid() == node.pid()
                        ? "%d of its attempts were refused what they wrote when it went on; it had stopped the others by itself"
                                .formatted(refused(back) - refused)
                        : "its code did not leave in time when it went on: it halted itself, and was started again");
    }

    /** How many attempts of this process were told that they had lost their runs. */
    private static long refused(Node node) throws IOException {
        return node.api()
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(REFUSED))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static void demandGone(Scene scene, long before) {
        for (Node other : scene.fleet().inService()) {
            Set<Long> alive = Ring.alive(other);
            if (alive.contains(before)) {
                throw new IllegalStateException(
                        "node " + other.label() + " sees number " + before + " alive: " + alive);
            }
        }
    }

    /** What it has recorded after it woke up was done again elsewhere, and that is looked for in every run. */
    @Override
    public List<String> violations(Evidence evidence) {
        return List.of();
    }
}
