package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.engine.Obstacle;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random stories of lanes: whatever happens, what is counted is what there is, and what is explained is what comes. */
interface LaneStoryContract extends Contract {
    int ALL_STORIES = 18;
    int STORIES = Seeds.some(ALL_STORIES);
    int LENGTH = 60;

    @Test
    @Tag("long")
    default void whateverHappensTheCountsOfALaneAreItsRuns() {
        for (int seed = 0; seed < STORIES; seed++) {
            var random = new Random(seed);
            var story = new LaneStory(lab(), random, "counts " + seed);
            for (int i = 0; i < LENGTH; i++) {
                story.step();
                if (random.nextInt(20) == 0) lab().reboot();
                assertCounted(story);
            }
        }
    }

    private void assertCounted(LaneStory story) {
        var taken = new TreeMap<Lane, Long>(LaneView.ORDER);
        for (Run run : runs(story.queue())) {
            Lane lane = run.place().lane();
            if (lane != null && run.place().slotOf() != null) taken.merge(lane, 1L, Long::sum);
        }
        var counted = new TreeMap<Lane, Long>(LaneView.ORDER);
        for (LaneView view : lab().reads().lanes(Namespace.DEFAULT, story.queue(), null, 99)) {
            if (view.taken() > 0) counted.put(view.lane(), view.taken());
        }
        assertThat(counted).as("%s", story).isEqualTo(taken);
        taken.forEach((lane, count) -> {
            if (lane.isSerial()) assertThat(count).as("%s in %s", lane, story).isEqualTo(1);
        });
    }

    private List<Run> runs(String queue) {
        var all = new ArrayList<Run>();
        var page = lab().reads().runs(Namespace.DEFAULT, new RunFilter(null, null, null, queue, null), null, 500);
        all.addAll(page);
        assertThat(page).hasSizeLessThan(500);
        return all;
    }

    @Test
    @Tag("long")
    default void whatIsExplainedIsWhatComes() {
        var named = new HashSet<Class<?>>();
        for (int seed = 0; seed < STORIES; seed++) {
            var random = new Random(1_000 + seed);
            var story = new LaneStory(lab(), random, "explain " + seed);
            for (int i = 0; i < LENGTH; i++) story.step();
            var runs = runs(story.queue());
            for (Run run : runs) {
                new LaneExplanations(story, named).assertOf(run.id());
            }
        }
        // In a part of the stories not everything comes.
        if (STORIES < ALL_STORIES) return;
        assertThat(named)
                .as("what was met")
                .contains(
                        Obstacle.NotDue.class,
                        Obstacle.QueuePaused.class,
                        Obstacle.LanePaused.class,
                        Obstacle.LaneFull.class,
                        Obstacle.NotFirst.class,
                        Obstacle.QueueFull.class,
                        Obstacle.RateLimited.class,
                        Obstacle.Mismatch.class);
    }
}
