package dev.holdfast.drills;

import dev.holdfast.localpg.LocalPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The database restarts under load, once as an administrator does it, once as a crash: no run is lost, no loss is counted, and
 * every node stays the one it is.
 */
record DatabaseRestart(int restarts) implements Fault {
    @Override
    public String name() {
        return "database-restart";
    }

    @Override
    public List<String> happen(Scene scene) throws InterruptedException {
        LocalPostgres server =
                Objects.requireNonNull(scene.database().own(), "only a database of our own is restarted");
        List<Node> nodes = scene.fleet().inService();
        Map<String, Long> before = Ring.numbers(nodes);
        var seen = new ArrayList<String>();
        for (int i = 1; i <= restarts; i++) {
            scene.awaitMoment(nodes);
            Strike strike = scene.note(Strike.now(Strike.Kind.DATABASE, null));
            boolean crash = i % 2 == 0;
            if (crash) server.kill();
            server.restart();
            long down = Scene.now() - strike.micros();
            scene.say("the database " + (crash ? "crashed" : "was restarted") + " and was down for " + down / 1_000
                    + " ms");
            long up = Scene.now();
            for (Node node : nodes) {
                Wait.need(
                        "node " + node.label() + " executes something after the restart",
                        Scene.PATIENCE,
                        () -> scene.diary().activeSince(up).contains(node.pid()));
            }
            seen.add("%s: down for %.1f s, all nodes execute %.1f s later"
                    .formatted(crash ? "crash" : "restart", down / 1e6, (Scene.now() - up) / 1e6));
        }
        for (Node node : nodes) {
            Ring.awaitNumber(node, Scene.PATIENCE);
        }
        Map<String, Long> after = Ring.numbers(nodes);
        if (!before.equals(after) || before.size() != nodes.size()) {
            throw new IllegalStateException("nodes had the numbers " + before + " and have " + after
                    + ": a restart of the database makes nobody a new node");
        }
        return seen;
    }

    @Override
    public List<String> violations(Evidence evidence) {
        return evidence.countedLosses("9");
    }
}
