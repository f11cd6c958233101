package dev.holdfast.drills;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * All nodes are told to end, one after the other, and each is followed by a new one: nothing is lost, and nobody is blamed.
 * Then the same by kill -9, to see that a node that may say good-bye is replaced no slower than one that may not.
 */
record RollingRestart(int rounds) implements Fault {
    /** What the machine may add to either of the two without anything being wrong. */
    private static final long NOISE_MICROS = 250_000;

    @Override
    public String name() {
        return "rolling-restart";
    }

    @Override
    public List<String> happen(Scene scene) throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) each(scene, Strike.Kind.TERM);
        scene.say("the same by kill -9, to compare");
        each(scene, Strike.Kind.KILL);
        return List.of();
    }

    private static void each(Scene scene, Strike.Kind kind) throws IOException, InterruptedException {
        for (Node node : scene.fleet().inService()) {
            scene.awaitMoment(List.of(node));
            scene.replace(node, kind);
        }
    }

    @Override
    public List<String> violations(Evidence evidence) {
        String before = evidence.strikes().stream()
                .filter(s -> s.kind() == Strike.Kind.KILL)
                .map(s -> s.at().toString())
                .findFirst()
                .orElse(Instant.MAX.toString());
        var violations = new ArrayList<>(evidence.countedLosses(before));
        var told = Resumption.of(evidence, Strike.Kind.TERM);
        var killed = Resumption.of(evidence, Strike.Kind.KILL);
        if (told.runs().p50() > killed.runs().p50() + NOISE_MICROS) {
            violations.add("runs of a node that was told to end went on after "
                    + told.runs().p50() / 1_000 + " ms (p50), and those of one that was killed after "
                    + killed.runs().p50() / 1_000 + " ms");
        }
        return violations;
    }
}
