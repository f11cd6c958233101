package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.testkit.Seeds;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.memory.Unguarded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The real engine in a world where everything goes wrong. {@code -Dseed=N} lives through one world again, exactly;
 * {@code -Dseeds=N} through as many as one likes.
 */
final class SimulationTest {
    private static final int SEEDS = Integer.getInteger("seeds", 250);
    private static final World.Disk RIGHT = (disk, turns, ids) -> MemoryStore.open(disk, turns.clock(), ids);

    /** The engine tells of every trouble that it meets, and here it meets nothing else. */
    private final Logger log = Logger.getLogger("dev.holdfast.engine");

    @BeforeEach
    void quiet() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void loud() {
        log.setLevel(null);
    }

    @Test
    void whateverGoesWrongEveryPromiseIsKept() {
        var seen = new Seen();
        try {
            Seeds.each(SEEDS, seed -> {
                var result = World.live(seed, RIGHT);
                seen.add(result);
                if (!result.violations().isEmpty()) keep(seed, result);
                assertThat(result.violations()).as(() -> replay(seed)).isEmpty();
            });
        } finally {
            System.out.println(seen);
        }
        // A world in which nothing happens keeps every promise.
        if (seen.worlds >= 200) {
            assertThat(seen.outcomes)
                    .containsKeys(
                            Outcome.SUCCEEDED, Outcome.FAILED, Outcome.CANCELLED, Outcome.TIMED_OUT, Outcome.EXPIRED);
            assertThat(seen.reached).hasSizeGreaterThan(180);
            assertThat(seen.struck).hasSizeGreaterThan(120);
        }
    }

    private static void keep(long seed, World.Result result) throws IOException {
        Path folder = Path.of(System.getProperty("holdfast.evidence", "target/evidence"));
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("world-" + seed + ".txt"),
                replay(seed) + "\n\n" + String.join("\n", result.violations()) + "\n\nThe last points:\n"
                        + result.newest() + "\n");
    }

    private static String replay(long seed) {
        return "world " + seed + ", which ./mvnw -pl testkit -am test -Dtest=SimulationTest"
                + "#whateverGoesWrongEveryPromiseIsKept -Dsurefire.failIfNoSpecifiedTests=false -Dseed=" + seed
                + " lives through again";
    }

    @Test
    void aSeedIsTheSameWorldWheneverItIsLived() throws InterruptedException {
        for (long seed = 1; seed <= 12; seed++) {
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
        assertFound((disk, turns, ids) -> Unguarded.withoutFence(disk, turns.clock(), ids));
    }

    @Test
    void aLedgerThatTakesDecisionsAboutAnOldSnapshotIsFound() throws InterruptedException {
        assertFound((disk, turns, ids) -> Unguarded.withoutSeq(disk, turns.clock(), ids));
    }

    @Test
    void aLedgerThatForgetsRequestsIsFound() throws InterruptedException {
        assertFound((disk, turns, ids) -> Unguarded.withoutRequests(disk, turns.clock(), ids));
    }

    private static void assertFound(World.Disk wrong) throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                if (!World.live(seed, wrong).violations().isEmpty()) return;
            } catch (AssertionError found) {
                return;
            }
        }
        throw new AssertionError("nobody has noticed it in " + SEEDS + " worlds");
    }

    /** What was seen in all worlds together. */
    private static final class Seen {
        final Map<String, Integer> reached = new TreeMap<>();
        final Map<String, Integer> struck = new TreeMap<>();
        final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        int worlds;
        long points;

        void add(World.Result result) {
            worlds++;
            points += result.points();
            result.reached().forEach((place, times) -> reached.merge(place, times, Integer::sum));
            result.struck().forEach((place, times) -> struck.merge(place, times, Integer::sum));
            result.outcomes().forEach((outcome, times) -> outcomes.merge(outcome, times, Integer::sum));
        }

        @Override
        public String toString() {
            long died = reached.keySet().stream().filter(struck::containsKey).count();
            return "%d worlds, %d scheduling points; nodes were at %d distinct places, and died or froze at %d of them; %d kinds of failed calls; runs ended %s"
                    .formatted(worlds, points, reached.size(), died, struck.size() - died, outcomes);
        }
    }
}
