package dev.holdfast.testkit.world;

import dev.holdfast.core.Unavailable;
import dev.holdfast.testkit.sim.SimProcess;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One node after the other in one place: a process that dies is started again, after a while. */
final class Boots {
    private static final Duration ZOMBIES_LIVE = Duration.ofSeconds(10);

    private final World world;
    private final Chaos chaos;
    private final int place;
    private final long seed;
    /** For how long nobody is there at most. */
    private final Duration longest;

    private @Nullable Node node;
    private Workload.Edition edition = Workload.Edition.WHOLE;
    private int boots;
    private boolean isWhole;
    private boolean over;

    Boots(World world, Chaos chaos, int place, Duration longest) {
        this.world = world;
        this.chaos = chaos;
        this.place = place;
        this.seed = world.seed() + 7_919L * place;
        this.longest = longest;
    }

    /** @throws Unavailable if there never was one */
    Node node() {
        Node present = node;
        if (present == null) throw Unavailable.notApplied("down", "the node has not booted yet", null);
        return present;
    }

    boolean hasBooted() {
        return node != null;
    }

    /** Until the world is over. */
    void supervise() throws InterruptedException {
        while (!over) {
            String name = Node.NAME + ++boots + (place == 0 ? "" : " in place " + place);
            SimProcess process = world.turns().process(name);
            edition = edition();
            var next = Node.boot(world, process, chaos, edition);
            node = next;
            chaos.aimAt(next);
            world.turns().await("the end of " + name, next::isDown, null);
            if (world.isCluster()) world.outside("fate", () -> world.fate().isDown(next));
            int millis = new SplittableRandom(seed + boots).nextInt((int) longest.toMillis());
            world.turns().sleep(Duration.ofMillis(millis));
            if (next.isReplaced() && !world.isCluster()) world.outside("zombie", () -> haunt(next));
        }
    }

    private Workload.Edition edition() {
        boolean lacks =
                !isWhole && world.plays(Role.Kind.SCHEDULES) && new SplittableRandom(seed * 41 + boots).nextInt(5) == 0;
        return lacks ? Workload.Edition.WITHOUT_ROUTINE : Workload.Edition.WHOLE;
    }

    /** From now on all the code is there. */
    void becomeWhole() throws InterruptedException {
        isWhole = true;
        if (edition != Workload.Edition.WHOLE) node().close();
    }

    /** A process that stood still goes on for a while, and does not know that another one has taken its place. */
    private void haunt(Node zombie) throws InterruptedException {
        world.turns().sleep(Duration.ofMillis(200));
        zombie.process().thaw();
        world.turns().sleep(ZOMBIES_LIVE);
        zombie.process().kill();
    }

    /** Nobody is started again. */
    void over() {
        over = true;
    }
}
