package dev.holdfast.peers.jobrunr;

import dev.holdfast.peers.Bodies;
import dev.holdfast.peers.Work;
import org.jobrunr.jobs.context.JobContext;

/** What jobs call. */
public final class Jobs {
    private final Bodies bodies;

    Jobs(Bodies bodies) {
        this.bodies = bodies;
    }

    /** Does nothing. */
    public void noop(String run) {
        bodies.noop(run);
    }

    /**
     * Has steps.
     *
     * @param work the name of the {@code Work}
     */
    public void steps(String work, String run, JobContext context) {
        bodies.began(run);
        for (int i = 1; i <= Bodies.STEPS; i++) {
            int number = i;
            context.runStepOnce("step-" + i, () -> {
                bodies.step(Work.valueOf(work), run, number);
            });
        }
        bodies.ended(run);
    }
}
