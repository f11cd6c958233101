package dev.holdfast.testkit.world;

import dev.holdfast.testkit.memory.MemoryDisk;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What becomes of the nodes of a cluster: when somebody finds out that one has died, and who is told; which one is frozen,
 * taken over, and goes on all the same; which is cut off, stops, and comes back.
 */
final class Fate {
    private static final Duration ZOMBIES_LIVE = Duration.ofSeconds(10);

    private final World world;
    private final MemoryDisk disk;
    private final Chaos chaos;
    private final SplittableRandom random;

    Fate(World world, MemoryDisk disk, Chaos chaos, long seed) {
        this.world = world;
        this.disk = disk;
        this.chaos = chaos;
        this.random = new SplittableRandom(seed * 47);
    }

    private void pass(int most) throws InterruptedException {
        world.turns().sleep(Duration.ofMillis(random.nextInt(most)));
    }

    /**
     * It may have said that it leaves. Otherwise its neighbour notices at once, or some sweep within two seconds; of a frozen
     * one only that it is silent.
     */
    void isDown(Node node) throws InterruptedException {
        if (node.hasLeft()) {
            bury(node);
            return;
        }
        if (node.isReplaced()) pass(4_000);
        pass(random.nextInt(4) > 0 ? 30 : 2_000);
        bury(node);
        if (node.isReplaced()) haunt(node);
    }

    private void bury(Node node) {
        world.wire().cut(node.store().node());
        if (!disk.bury(node.store().node())) return;
        for (Node survivor : world.crew().up())
            if (random.nextInt(4) > 0) survivor.peers().hear();
    }

    /** It goes on for a while, and does not know that it was taken over; or it finds out. */
    private void haunt(Node zombie) throws InterruptedException {
        pass(400);
        zombie.process().thaw();
        chaos.note("fate: a zombie goes on");
        if (random.nextBoolean()) {
            chaos.note("fate: a zombie finds out");
            pass(200);
            zombie.abandon();
        }
        world.turns().sleep(ZOMBIES_LIVE);
        zombie.process().kill();
    }

    /** As long as anything goes wrong. */
    void cutSome() throws InterruptedException {
        while (!chaos.isCalm()) {
            pass(9_000);
            Node node = world.crew().hasBooted() ? world.crew().node() : null;
            if (node != null && node.isUp() && !chaos.isCalm()) cut(node);
        }
    }

    /** It reaches nobody for a while. If that is long it stops what it does; it may be judged dead meanwhile. */
    private void cut(Node node) throws InterruptedException {
        node.peers().suspend();
        pass(4_000);
        if (random.nextInt(3) == 0) {
            node.peers().resume();
            return;
        }
        node.abandon();
        chaos.note("fate: a node is cut off");
        boolean isJudged = random.nextBoolean();
        if (isJudged) {
            pass(600);
            bury(node);
        }
        world.turns().await("code leaves " + node.process().name(), () -> node.isDown() || node.isIdle(), null);
        if (node.isDown()) return;
        if (isJudged) {
            chaos.note("fate: it comes back with another number");
            node.close();
            return;
        }
        chaos.note("fate: it comes back with its number");
        node.reopen();
        node.peers().resume();
    }
}
