package dev.holdfast.drills;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
        scene.awaitMoment(List.of(node));
        long before = Ring.demandNumber(node);
        long refused = refused(node);
        Strike stop = scene.note(Strike.now(Strike.Kind.STOP, node));
        node.process().signal("STOP");
        scene.fleet().outOfService(node);
        scene.say("node " + node.label() + ", pid " + node.pid() + ", is frozen for " + frozen.toSeconds() + " s");
        scene.awaitResumed(node);
        long after = Scene.now() - stop.micros();
        scene.say("what it had goes on elsewhere after " + after / 1_000 + " ms");
        Thread.sleep(Math.max(1, frozen.toMillis() - after / 1_000));
        Strike cont = scene.note(Strike.now(Strike.Kind.CONT, node));
        node.process().signal("CONT");
        scene.say("node " + node.label() + " goes on");
        long now = awaitReturn(scene, node, before);
        scene.fleet().backInService(node);
        scene.awaitActive(node, cont.micros(), "when it came back");
        return List.of(
                "node %s was number %d, was taken over after %.1f s, and came back as number %d"
                        .formatted(node.label(), before, after / 1e6, now),
                "%d of its attempts were refused what they wrote when it went on; it had stopped the others by itself"
                        .formatted(refused(node) - refused));
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

    private static long awaitReturn(Scene scene, Node node, long before) throws InterruptedException {
        var number = new long[] {before};
        Wait.need("the node that was frozen is a new one", Scene.PATIENCE, () -> {
            if (!node.process().isAlive())
                throw new IllegalStateException("the node that was frozen ended when it went on");
            number[0] = Ring.number(node).orElse(before);
            return number[0] != before;
        });
        for (Node other : scene.fleet().inService()) {
            Set<Long> alive = Ring.alive(other);
            if (alive.contains(before)) {
                throw new IllegalStateException(
                        "node " + other.label() + " sees number " + before + " alive: " + alive);
            }
        }
        return number[0];
    }

    /** What the frozen node did before it was frozen stands; nothing else of its old epochs may. */
    @Override
    public List<String> violations(Evidence evidence) {
        Strike cont = evidence.strikes().getLast();
        Node node = evidence.strikes().getFirst().victim().orElseThrow();
        var had = new LinkedHashMap<String, Diary.Entry>();
        for (Diary.Entry entry : evidence.diary().entries()) {
            if (entry.pid() == node.pid() && entry.micros() < cont.micros()) had.put(entry.run(), entry);
        }
        var violations = new ArrayList<String>();
        for (Diary.Entry entry : had.values()) {
            RunAccount run = evidence.runs().get(entry.run());
            if (run == null) continue;
            run.steps().stream()
                    .filter(step -> step.epoch() == entry.epoch() && later(step, entry))
                    .map(step -> run.id() + ": the frozen node recorded step " + step.key() + " in epoch "
                            + step.epoch() + " after it had woken up")
                    .forEach(violations::add);
        }
        return violations;
    }

    private static boolean later(RunAccount.Step step, Diary.Entry entry) {
        // A body that had ended may have been recorded before the freeze; the one after it cannot.
        return step.key().matches("\\d+") && Integer.parseInt(step.key()) > entry.beat();
    }
}
