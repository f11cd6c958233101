package dev.holdfast.drills;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All nodes are told to end, one after the other, and each is followed by a new one: nothing is lost, and nobody is blamed.
 * Then the same by kill -9, to see that a node that may say good-bye is replaced about as soon as one that may not.
 */
record RollingRestart(int rounds) implements Fault {
    /**
     * What the machine may add to either of the two without anything being wrong: these are a handful of runs each, and the nodes that
     * start meanwhile keep it busy. Who waits for what it executes before it lets go waits for seconds.
     */
    private static final long NOISE_MICROS = 1_000_000;

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
        Set<Long> numbers =
                evidence.strikes(Strike.Kind.KILL).stream().map(Strike::number).collect(Collectors.toSet());
        var violations = new ArrayList<>(evidence.countedLosses(numbers));
        var told = Resumption.of(evidence, Strike.Kind.TERM).runs();
        var killed = Resumption.of(evidence, Strike.Kind.KILL).runs();
        if (killed.count() > 0 && told.p50() > killed.p50() + NOISE_MICROS) {
            violations.add("runs of a node that was told to end went on after " + told.p50() / 1_000
                    + " ms (p50), and those of one that was killed after " + killed.p50() / 1_000 + " ms");
        }
        return violations;
    }
}
