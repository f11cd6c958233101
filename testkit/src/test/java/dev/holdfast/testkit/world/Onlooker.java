package dev.holdfast.testkit.world;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Somebody who watches a run, and goes on where the connection broke. */
final class Onlooker {
    private static final Duration AGAIN = Duration.ofMillis(250);

    private final World world;
    private final RunId run;
    private final String name;
    private final List<Frame> frames = new ArrayList<>();
    private final Order order;
    private boolean gone;

    Onlooker(World world, RunId run, String name) {
        this.world = world;
        this.run = run;
        this.name = name;
        this.order = new Order(world.isFencedByOpening());
    }

    /** What it was told, from the beginning to the end. */
    List<Frame> watch() throws InterruptedException {
        while (!hasSeenTheEnd() && !gone) {
            try {
                Node node = world.crew().node();
                String after = frames.isEmpty() ? null : frames.getLast().id();
                node.ask("watch", engine -> {
                    try (var watch = engine.watch(Namespace.DEFAULT, run, after)) {
                        // What comes after the connection broke reaches nobody.
                        while (!watch.ended() && !node.isDown()) {
                            watch.next(Duration.ofMinutes(1))
                                    .filter(f -> !node.isDown())
                                    .ifPresent(this::see);
                        }
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("nobody interrupts a watcher", e);
                    }
                    return true;
                });
            } catch (Refused e) {
                gone = true;
                if (!e.code().equals("run_unknown")) {
                    complain("was refused: " + e.getMessage());
                }
            } catch (Unavailable e) {
                world.turns().sleep(AGAIN);
            }
        }
        return frames;
    }

    private void see(Frame frame) {
        frames.add(frame);
        order.see(frame).forEach(this::complain);
    }

    private void complain(String what) {
        world.complain(run + ": watcher " + name + " " + what);
    }

    boolean hasSeenTheEnd() {
        return !frames.isEmpty() && frames.getLast().event().equals("done");
    }
}
