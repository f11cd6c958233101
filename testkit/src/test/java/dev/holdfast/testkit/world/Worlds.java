package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Many worlds that a test lives through, and what was seen in all of them together. */
final class Worlds {
    private final String test;
    private final Map<String, Integer> reached = new TreeMap<>();
    private final Map<String, Integer> struck = new TreeMap<>();
    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private int count;
    private long points;

    /** @param test that lives through one of them again if it is given its seed */
    Worlds(String test) {
        this.test = test;
    }

    /** Lives through one. */
    interface Life {
        World.Result live(long seed) throws InterruptedException;
    }

    /** Every promise is kept in each of them. It prints what was seen. */
    void each(int seeds, Life life) {
        try {
            Seeds.each(seeds, seed -> {
                var result = life.live(seed);
                add(result);
                if (!result.violations().isEmpty()) keep(seed, result);
                assertThat(result.violations()).as(() -> replay(seed)).isEmpty();
            });
        } finally {
            System.out.println(this);
        }
    }

    /** Some promise is broken in one of them. */
    static void assertFound(int seeds, Life wrong) throws InterruptedException {
        for (long seed = 1; seed <= seeds; seed++) {
            try {
                if (!wrong.live(seed).violations().isEmpty()) return;
            } catch (AssertionError found) {
                return;
            }
        }
        throw new AssertionError("nobody has noticed it in " + seeds + " worlds");
    }

    private void add(World.Result result) {
        count++;
        points += result.points();
        result.reached().forEach((place, times) -> reached.merge(place, times, Integer::sum));
        result.struck().forEach((place, times) -> struck.merge(place, times, Integer::sum));
        result.outcomes().forEach((outcome, times) -> outcomes.merge(outcome, times, Integer::sum));
    }

    private void keep(long seed, World.Result result) throws IOException {
        Path folder = Path.of(System.getProperty("holdfast.evidence", "target/evidence"));
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("world-" + seed + ".txt"),
                replay(seed) + "\n\n" + String.join("\n", result.violations()) + "\n\nThe last points:\n"
                        + result.newest() + "\n");
    }

    private String replay(long seed) {
        return "world " + seed + ", which ./mvnw -pl testkit -am test -Dtest=" + test
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dseed=" + seed + " lives through again";
    }

    int count() {
        return count;
    }

    /** Where nodes were, and how often. */
    Map<String, Integer> reached() {
        return reached;
    }

    /** Where something went wrong, and how often. */
    Map<String, Integer> struck() {
        return struck;
    }

    /** How runs have ended, and how often. */
    Map<Outcome, Integer> outcomes() {
        return outcomes;
    }

    @Override
    public String toString() {
        long died = reached.keySet().stream().filter(struck::containsKey).count();
        return "%d worlds, %d scheduling points; nodes were at %d distinct places, and died or froze at %d of them; %d kinds of failed calls; runs ended %s"
                .formatted(count, points, reached.size(), died, struck.size() - died, outcomes);
    }
}
