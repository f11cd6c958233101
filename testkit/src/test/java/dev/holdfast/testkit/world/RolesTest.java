package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.QuietEngine;
import dev.holdfast.testkit.Seeds;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.memory.Unguarded;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Worlds like those of {@link SimulationTest} in which clients do more than run errands: each test has one of them play its
 * role in every world, and some of the others beside it. {@code -Dseed=N} and {@code -Dseeds=N} mean the same.
 */
@ExtendWith(QuietEngine.class)
final class RolesTest {
    private static final int SEEDS = Integer.getInteger("seeds", Seeds.some(15));
    /** In how many worlds a ledger that is wrong has to be found. */
    private static final int FOUND = 150;

    private static void assertKept(String test, Role.Kind kind) {
        new Worlds("RolesTest#" + test)
                .each(SEEDS, seed -> World.live(seed, MemoryStore::open, withOthers(kind, seed)));
    }

    private static Set<Role.Kind> withOthers(Role.Kind kind, long seed) {
        var random = new SplittableRandom(seed);
        var kinds = EnumSet.of(kind);
        for (Role.Kind other : Role.Kind.values()) if (random.nextInt(6) == 0) kinds.add(other);
        return kinds;
    }

    private static void assertFound(World.Disk wrong, Role.Kind kind) throws InterruptedException {
        Worlds.assertFound(FOUND, seed -> World.live(seed, wrong, EnumSet.of(kind)));
    }

    @Test
    void eachFiringThatWasDueHasOneRunOrIsAccountedFor() {
        assertKept("eachFiringThatWasDueHasOneRunOrIsAccountedFor", Role.Kind.SCHEDULES);
    }

    @Test
    void noTimeHasMoreClaimsOfAQueueThanItsRate() {
        assertKept("noTimeHasMoreClaimsOfAQueueThanItsRate", Role.Kind.RATES);
    }

    @Test
    void aBurstIsOneRunWithTheLastInput() {
        assertKept("aBurstIsOneRunWithTheLastInput", Role.Kind.BURSTS);
    }

    @Test
    void aBatchIsThereAsAWholeOrNotAtAll() {
        assertKept("aBatchIsThereAsAWholeOrNotAtAll", Role.Kind.BATCHES);
    }

    @Test
    void aRerunKeepsWhatWasRecordedBeforeItsStep() {
        assertKept("aRerunKeepsWhatWasRecordedBeforeItsStep", Role.Kind.RERUNS);
    }

    @Test
    void whatIsOldGoesAndNothingThatIsNeeded() {
        assertKept("whatIsOldGoesAndNothingThatIsNeeded", Role.Kind.RETENTION);
    }

    @Test
    void aSeedIsTheSameWorldWheneverItIsLived() throws InterruptedException {
        for (long seed = 1; seed <= Seeds.some(3); seed++) {
            var first = World.live(seed, MemoryStore::open, EnumSet.allOf(Role.Kind.class));
            var again = World.live(seed, MemoryStore::open, EnumSet.allOf(Role.Kind.class));
            assertThat(again.hash()).as("decisions of world %d", seed).isEqualTo(first.hash());
        }
    }

    @Test
    void aLedgerThatFiresWhatWasChangedIsFound() throws InterruptedException {
        assertFound(Unguarded::withoutSeenSchedules, Role.Kind.SCHEDULES);
    }

    @Test
    void aLedgerThatCountsNoSecondClaimIsFound() throws InterruptedException {
        assertFound(Unguarded::withoutLaterClaims, Role.Kind.RATES);
    }

    @Test
    void aLedgerThatRemovesWhatSomebodyIsToBeToldOfIsFound() throws InterruptedException {
        assertFound(Unguarded::withoutTelling, Role.Kind.RETENTION);
    }
}
