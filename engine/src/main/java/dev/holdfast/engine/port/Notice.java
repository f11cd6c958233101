package dev.holdfast.engine.port;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Run;
import dev.holdfast.sdk.Task;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells of a task that it hosts: all that another one has to know to start a run of it.
 *
 * @param version of its code
 * @param queue where its runs wait
 * @param policy of its runs
 * @param lanes how lanes of the queue are made by it; null if it names none
 */
public record Notice(String version, String queue, Run.Policy policy, Lane.@Nullable Kind lanes) {
    public static Notice of(Task<?, ?> task) {
        var policy = new Run.Policy(task.retry(), task.giveUpAfter(), task.maxDuration());
        return new Notice(task.version(), task.queue(), policy, task.laneKind());
    }

    /** The task under this name, as far as it is known: whether an input fits is found where its code is. */
    public Task<?, ?> task(String name) {
        Task<Object, Object> task = Task.named(name, Object.class, Object.class)
                .version(version)
                .queue(queue)
                .retry(policy.retry())
                .giveUpAfter(policy.giveUpAfter());
        if (policy.maxDuration() != null) task = task.maxDuration(policy.maxDuration());
        if (lanes == null) return task;
        // The name of a lane is the caller's to say: what makes it of an input is where the code is.
        return lanes == Lane.Kind.SERIAL ? task.serialLane(any -> name) : task.lane(any -> name);
    }
}
