package dev.holdfast.server;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Refused;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Task;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a task that a node hosts.
 *
 * @param version of the code
 * @param queue where its runs wait
 * @param lanes of which kind they are; null if the task names none
 * @param lane that an input, in JSON, names; null if it names none, or if it does not fit the task
 */
record Hosting(String version, String queue, Lane.@Nullable Kind lanes, Function<String, @Nullable String> lane) {

    static Hosting of(Task<?, ?> task, Codec codec) {
        return new Hosting(task.version(), task.queue(), task.laneKind(), json -> lane(task, json, codec));
    }

    private static <I extends @Nullable Object> @Nullable String lane(Task<I, ?> task, String json, Codec codec) {
        if (task.laneKind() == null || json.equals("null")) return null;
        I input;
        try {
            input = codec.decode(json, task.input());
        } catch (Refused e) {
            // Whoever starts the run says why.
            return null;
        }
        try {
            return task.laneOf(input);
        } catch (RuntimeException e) {
            throw new Refused(
                    "input_invalid",
                    "task '" + task.name() + "' cannot name the lane of a run by this input (" + e
                            + "): change the input, or name the lane");
        }
    }
}
