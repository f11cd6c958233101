package dev.holdfast.testkit.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.QuietEngine;
import dev.holdfast.testkit.Seeds;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever a run does, {@code explain} tells what happens to it next. */
@ExtendWith(QuietEngine.class)
final class ExplainTest {
    private static final int SEEDS = Integer.getInteger("seeds", Seeds.some(120));
    private static final int SCENES = 14;

    /**
     * Every code there is but one: {@code starting} is said of a run that was given to a worker or a sandbox which has
     * not answered, and no node gives runs to anybody but itself.
     */
    private static final List<String> CODES = List.of(
            "awaits_child",
            "awaits_next_try",
            "awaits_signal",
            "awaits_token",
            "blocked",
            "claimable",
            "closing",
            "finished",
            "lane_full",
            "lane_paused",
            "mismatch",
            "no_code",
            "no_slot",
            "not_alone",
            "not_due",
            "not_first",
            "overdue",
            "queue_full",
            "queue_paused",
            "rate_limited",
            "running",
            "sleeps",
            "stopping",
            "suspect_alone");

    @Test
    void whatIsExplainedIsWhatComes() {
        var met = new TreeMap<String, Integer>();
        Seeds.each(SEEDS, seed -> play(seed, new Story(met)));
        if (Long.getLong("seed") == null && SEEDS >= 120) {
            // What is rare may not have come yet.
            for (int more = 0; more < 20 && met.size() < CODES.size(); more++) {
                Seeds.each(20, seed -> play(seed, new Story(met)));
            }
            assertThat(met.keySet()).containsExactlyElementsOf(CODES);
        }
        System.out.println("explained: " + met);
    }

    @Test
    void aSeedIsTheSamePlayWheneverItIsPlayed() {
        for (long seed = 1; seed <= Seeds.some(8); seed++) {
            var stories = List.of(new Story(new TreeMap<>()), new Story(new TreeMap<>()));
            for (Story story : stories) play(seed, story);
            assertThat(stories.getFirst()).hasToString(stories.getLast().toString());
        }
    }

    private static void play(long seed, Story story) {
        // Random with seeds that are neighbours begins with numbers that are neighbours.
        var random = new Random(new SplittableRandom(seed).nextLong());
        try (var stage = new Stage(random)) {
            try {
                new Play(stage, story, random).scenes(SCENES);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(e.getMessage() + "\nThe story:\n" + story + "\nAt the end:\n" + stage, e);
            }
        }
    }
}
