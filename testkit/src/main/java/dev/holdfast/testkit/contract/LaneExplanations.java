package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.Obstacle;
import dev.holdfast.engine.port.QueueChange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks what stands against a run, and sees whether that is what happens. */
final class LaneExplanations {
    private final LaneStory story;
    private final Set<Class<?>> named;

    /** @param named is told what was named */
    LaneExplanations(LaneStory story, Set<Class<?>> named) {
        this.story = story;
        this.named = named;
    }

    /** Does what is named as standing against this run, one after the other, until it is given or has ended. */
    void assertOf(RunId id) {
        for (int i = 0; i < 200; i++) {
            Run run = story.lab().read(id);
            if (run.state() != RunState.QUEUED) return;
            Optional<Obstacle> against = obstacle(run);
            against.ifPresent(obstacle -> named.add(obstacle.getClass()));
            story.tell("explain " + id + ": " + against);
            List<RunId> given = story.claim(LaneStory.ALL, LaneStory.HOSTED);
            if (against.isEmpty()) {
                if (given.contains(id)) return;
                // Others have come before it, or a suspect that comes alone.
                boolean others = obstacle(run).filter(o -> isFull(run, o)).isPresent();
                boolean alone =
                        given.size() == 1 && story.lab().read(given.getFirst()).isSuspect();
                assertThat(others || alone)
                        .as("%s was to be given in %s", id, story)
                        .isTrue();
                given.forEach(this::end);
            } else {
                assertThat(given)
                        .as("%s stands against %s in %s", against, id, story)
                        .doesNotContain(id);
                obstacle(story.lab().read(id)).ifPresent(obstacle -> remove(id, obstacle));
            }
        }
        assertThat(story.lab().read(id)).as("it never came in %s", story).isNull();
    }

    /** Others may have taken what there was; not the slot of a serial lane: there it was the first. */
    private static boolean isFull(Run run, Obstacle obstacle) {
        Lane lane = run.place().lane();
        boolean shared = lane == null || !lane.isSerial();
        if (obstacle instanceof Obstacle.QueueFull || obstacle instanceof Obstacle.RateLimited) return true;
        return obstacle instanceof Obstacle.LaneFull && shared;
    }

    private Optional<Obstacle> obstacle(Run run) {
        return Obstacle.of(
                run,
                story.lab().reads().line(run),
                new Admission(LaneStory.HOSTED, LaneStory.ALL),
                story.lab().ledger().now());
    }

    private void remove(RunId id, Obstacle obstacle) {
        switch (obstacle) {
            case Obstacle.NotDue o ->
                story.pass(Duration.between(story.lab().ledger().now(), o.until()));
            case Obstacle.RateLimited o ->
                story.pass(Duration.between(story.lab().ledger().now(), o.until()));
            case Obstacle.Overdue o -> story.due(id);
            case Obstacle.QueuePaused o -> story.change(QueueChange.resume(null));
            case Obstacle.LanePaused o -> story.change(QueueChange.resume(o.lane()));
            case Obstacle.Mismatch o -> story.decide(story.lab().read(id), new Command.Unpark());
            case Obstacle.LaneFull o -> {
                assertThat(o.by()).as("who has the slot in %s", story).isNotNull();
                if (o.by() != null) end(o.by());
            }
            case Obstacle.NotFirst o -> end(o.before());
            case Obstacle.QueueFull o ->
                story.runs().stream()
                        .filter(r -> story.lab().read(r).isHeld()
                                || story.lab().read(r).place().lingers() != null)
                        .findFirst()
                        .ifPresent(this::end);
            default -> throw new AssertionError(obstacle + " in " + story);
        }
    }

    private void end(RunId id) {
        for (int i = 0; i < 9; i++) {
            Run run = story.lab().read(id);
            var lingers = run.place().lingers();
            if (lingers != null) story.decide(run, new Command.Left(lingers));
            else if (run.isFinished()) return;
            else if (!run.isHeld()) story.decide(run, new Command.Cancel(false));
            else if (run.state() == RunState.BLOCKED) story.decide(run, new Command.Unblock());
            else story.decide(run, new Command.Succeed(story.lab().by(run)));
        }
        assertThat(story.lab().read(id).isFinished())
                .as("%s ends in %s", id, story)
                .isTrue();
    }
}
