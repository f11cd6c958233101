package dev.holdfast.drills;

import dev.holdfast.localpg.LocalPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The database restarts under load, once as an administrator does it, once as a crash, and then does not answer for a while: no
 * run is lost, no loss is counted, and every node stays the one it is. What a node has stopped meanwhile goes on.
 *
 * @param stall how long it does not answer; longer than a node executes without an answer
 */
record DatabaseRestart(int restarts, Duration stall) implements Fault {
    @Override
    public String name() {
        return "database-restart";
    }

    @Override
    public List<String> happen(Scene scene) throws InterruptedException {
        LocalPostgres server =
                Objects.requireNonNull(scene.database().own(), "only a database of our own is restarted");
        List<Node> nodes = scene.fleet().inService();
        Map<Node, Long> before = Ring.numbers(nodes);
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
            awaitAll(scene, nodes, up);
            seen.add("%s: down for %.1f s, all nodes execute %.1f s later"
                    .formatted(crash ? "crash" : "restart", down / 1e6, (Scene.now() - up) / 1e6));
        }
        seen.add(stall(scene, server, nodes));
        for (Node node : nodes) {
            Ring.awaitNumber(node, Scene.PATIENCE);
        }
        Map<Node, Long> after = Ring.numbers(nodes);
        if (!before.equals(after) || before.size() != nodes.size()) {
            throw new IllegalStateException("nodes had the numbers " + before + " and have " + after
                    + ": a restart of the database makes nobody a new node");
        }
        return seen;
    }

    private String stall(Scene scene, LocalPostgres server, List<Node> nodes) throws InterruptedException {
        scene.awaitMoment(nodes);
        scene.note(Strike.now(Strike.Kind.STALL, null));
        server.pause();
        scene.say("the database does not answer for " + stall.toSeconds() + " s");
        Thread.sleep(stall);
        server.resume();
        long up = Scene.now();
        awaitAll(scene, nodes, up);
        return "stall: no answer for %d s, all nodes execute %.1f s later"
                .formatted(stall.toSeconds(), (Scene.now() - up) / 1e6);
    }

    private static void awaitAll(Scene scene, List<Node> nodes, long up) throws InterruptedException {
        for (Node node : nodes) scene.awaitActive(node, up, "after that");
    }

    /** What was stopped by time is in the diary as left, and is a run like all others: it has to succeed. */
    @Override
    public List<String> violations(Evidence evidence) {
        var violations = new ArrayList<>(evidence.countedLosses(Set.of()));
        long stalled = evidence.strikes().getLast().micros();
        boolean stopped = evidence.diary().entries().stream()
                .anyMatch(entry -> entry.word() == Diary.Word.LEFT && entry.micros() > stalled);
        if (!stopped)
            violations.add("no node has stopped anything while the database did not answer: nothing was tried");
        return violations;
    }
}
