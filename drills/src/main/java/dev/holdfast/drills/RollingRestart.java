package dev.holdfast.drills;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
        Set<Long> numbers =
                evidence.strikes(Strike.Kind.KILL).stream().map(Strike::number).collect(Collectors.toSet());
        var violations = new ArrayList<>(evidence.countedLosses(numbers));
        var told = Resumption.of(evidence, Strike.Kind.TERM).runs();
        var killed = Resumption.of(evidence, Strike.Kind.KILL).runs();
        slower(told, killed).ifPresent(violations::add);
        return violations;
    }

    /**
     * Whether most of what the nodes had that were told to end went on later than all of what the killed ones had. These are a handful
     * of runs each: with half of them against half of the others whatever else the machine did in one of six moments would decide.
     */
    static Optional<String> slower(Spread told, Spread killed) {
        if (told.p50() <= killed.max() + NOISE_MICROS) return Optional.empty();
        return Optional.of("runs of a node that was told to end went on after " + told.p50() / 1_000
                + " ms (p50), and those of one that was killed after " + killed.max() / 1_000 + " ms (max)");
    }
}
