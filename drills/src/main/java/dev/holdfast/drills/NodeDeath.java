package dev.holdfast.drills;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** A node is killed, and another one comes; again and again. */
record NodeDeath(int kills) implements Fault {
    @Override
    public String name() {
        return "node-death";
    }

    @Override
    public List<String> happen(Scene scene) throws IOException, InterruptedException {
        for (int i = 1; i <= kills; i++) {
            Node node = scene.anyNode();
            scene.awaitMoment(List.of(node));
            scene.replace(node, Strike.Kind.KILL);
        }
        Instant first = scene.strikes().getFirst().at();
        return List.of("deaths were found by " + Ring.deaths(scene.anyNode(), first));
    }

    @Override
    public List<String> violations(Evidence evidence) {
        return List.of();
    }
}
