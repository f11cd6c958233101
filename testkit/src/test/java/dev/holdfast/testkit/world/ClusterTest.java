package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.testkit.QuietEngine;
import dev.holdfast.testkit.Seeds;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.memory.Unguarded;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two to four real engines on one ledger, in a world where everything goes wrong that {@link SimulationTest} knows, and
 * what only several can meet: a death that is noticed late, a survivor that dies while it takes over, a zombie, a node that
 * is cut off and comes back, hints between nodes that are lost. {@code -Dseed=N} and {@code -Dseeds=N} as there.
 */
@ExtendWith(QuietEngine.class)
final class ClusterTest {
    private static final int SEEDS = Integer.getInteger("seeds", Seeds.some(100));
    private static final int ROLES = Integer.getInteger("seeds", Seeds.some(24));
    /** In how many worlds a ledger that is wrong has to be found. */
    private static final int FOUND = 100;

    private static final World.Disk RIGHT = MemoryStore::join;

    private static World.Result live(long seed, World.Disk disk) throws InterruptedException {
        return World.live(seed, disk, Set.of(), 2 + (int) Math.floorMod(seed, 3L));
    }

    @Test
    void whateverGoesWrongAmongSeveralNodesEveryPromiseIsKept() {
        var worlds = new Worlds("ClusterTest#whateverGoesWrongAmongSeveralNodesEveryPromiseIsKept");
        worlds.each(SEEDS, seed -> live(seed, RIGHT));
        // A world in which nothing happens keeps every promise.
        if (worlds.count() < 100) return;
        assertThat(worlds.outcomes())
                .containsKeys(Outcome.SUCCEEDED, Outcome.FAILED, Outcome.CANCELLED, Outcome.TIMED_OUT);
        assertThat(worlds.struck().keySet())
                .anyMatch(place -> place.contains("holdfast-sweep"))
                .contains(
                        "fate: a zombie goes on",
                        "fate: a zombie finds out",
                        "fate: a node is cut off",
                        "fate: it comes back with another number",
                        "fate: it comes back with its number");
    }

    /** Schedules fire once, rates hold, what is old goes: whoever of them does it. */
    @Test
    void whateverRoleClientsPlaySeveralNodesKeepTheirPromises() {
        var worlds = new Worlds("ClusterTest#whateverRoleClientsPlaySeveralNodesKeepTheirPromises");
        var kinds = Role.Kind.values();
        worlds.each(ROLES, seed -> {
            var kind = kinds[(int) Math.floorMod(seed, (long) kinds.length)];
            return World.live(seed, RIGHT, Set.of(kind), 2 + (int) Math.floorMod(seed / kinds.length, 2L));
        });
    }

    @Test
    void aSeedIsTheSameClusterWheneverItIsLived() throws InterruptedException {
        for (long seed = 1; seed <= 6; seed++) {
            var first = live(seed, RIGHT);
            live(seed + 1_000, RIGHT);
            var again = live(seed, RIGHT);
            assertThat(again.points()).as("points of world %d", seed).isEqualTo(first.points());
            assertThat(again.hash()).as("decisions of world %d", seed).isEqualTo(first.hash());
        }
    }

    @Test
    void aLedgerThatGivesRunsToTheDeadIsFound() throws InterruptedException {
        Worlds.assertFound(FOUND, seed -> live(seed, Unguarded::givesToTheDead));
    }

    @Test
    void aLedgerThatTakesTheLossOfARunThatHasMovedIsFound() throws InterruptedException {
        Worlds.assertFound(FOUND, seed -> live(seed, Unguarded::withoutOrphanFence));
    }

    @Test
    void aLedgerThatTakesTheLivingForDeadIsFound() throws InterruptedException {
        Worlds.assertFound(FOUND, seed -> live(seed, Unguarded::withoutTheLiving));
    }
}
