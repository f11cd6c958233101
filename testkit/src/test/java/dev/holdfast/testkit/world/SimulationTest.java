package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.testkit.QuietEngine;
import dev.holdfast.testkit.Seeds;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.memory.Unguarded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The real engine in a world where everything goes wrong. {@code -Dseed=N} lives through one world again, exactly;
 * {@code -Dseeds=N} through as many as one likes.
 */
@ExtendWith(QuietEngine.class)
final class SimulationTest {
    private static final int SEEDS = Integer.getInteger("seeds", Seeds.some(250));
    /** In how many worlds a ledger that is wrong has to be found. */
    private static final int FOUND = 250;

    private static final World.Disk RIGHT = MemoryStore::open;

    @Test
    void whateverGoesWrongEveryPromiseIsKept() {
        var worlds = new Worlds("SimulationTest#whateverGoesWrongEveryPromiseIsKept");
        worlds.each(SEEDS, seed -> World.live(seed, RIGHT));
        // A world in which nothing happens keeps every promise.
        if (worlds.count() < 200) return;
        assertThat(worlds.outcomes())
                .containsKeys(Outcome.SUCCEEDED, Outcome.FAILED, Outcome.CANCELLED, Outcome.TIMED_OUT, Outcome.EXPIRED);
        assertThat(worlds.reached()).hasSizeGreaterThan(180);
        assertThat(worlds.struck()).hasSizeGreaterThan(120);
    }

    @Test
    void aSeedIsTheSameWorldWheneverItIsLived() throws InterruptedException {
        for (long seed = 1; seed <= Seeds.some(12); seed++) {
            var first = World.live(seed, RIGHT);
            World.live(seed + 1_000, RIGHT);
            var again = World.live(seed, RIGHT);
            assertThat(again.points()).as("points of world %d", seed).isEqualTo(first.points());
            assertThat(again.hash()).as("decisions of world %d", seed).isEqualTo(first.hash());
        }
    }

    @Test
    void twoSeedsAreTwoWorlds() throws InterruptedException {
        assertThat(World.live(1, RIGHT).hash())
                .isNotEqualTo(World.live(2, RIGHT).hash());
    }

    @Test
    void aLedgerWithoutItsFenceIsFound() throws InterruptedException {
        assertFound(Unguarded::withoutFence);
    }

    @Test
    void aLedgerThatTakesDecisionsAboutAnOldSnapshotIsFound() throws InterruptedException {
        assertFound(Unguarded::withoutSeq);
    }

    @Test
    void aLedgerThatForgetsRequestsIsFound() throws InterruptedException {
        assertFound(Unguarded::withoutRequests);
    }

    private static void assertFound(World.Disk wrong) throws InterruptedException {
        Worlds.assertFound(FOUND, seed -> World.live(seed, wrong));
    }
}
