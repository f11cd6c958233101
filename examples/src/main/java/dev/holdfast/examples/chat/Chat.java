package dev.holdfast.examples.chat;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Retry;
import dev.holdfast.examples.model.ScriptedModel;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation: asks a language model, sends what it says as it comes, and returns all of it. Killed in the
 * middle it asks again, and whoever watches sees what was half said taken back.
 *
 * <p>It asks the OpenAI-compatible endpoint that {@code OPENAI_BASE_URL}, {@code OPENAI_API_KEY} and {@code OPENAI_MODEL}
 * name. Without address and key the {@link ScriptedModel} answers, in this process.
 */
public final class Chat {
    /** The turns of a thread follow one another. */
    public static final Task<Turn, String> TASK = Task.named("chat", Turn.class, String.class)
            .serialLane(turn -> turn.thread() == null ? null : "thread:" + turn.thread())
            // No second round: the step has tried again already.
            .retry(Retry.none());

    private static final Step<String> ANSWER =
            Step.named("answer", String.class).retry(Retry.exponential(3)).timeout(Duration.ofMinutes(5));
    private static final String USAGE = "{\"message\": \"hello\"}";

    private Chat() {}

    /**
     * @param thread the conversation that the turn belongs to; null where whoever starts it names the lane, as a message that
     *     is posted to a conversation does
     * @param message what the user says
     */
    public record Turn(@Nullable String thread, String message) {
        /** Refuses what cannot be meant: such a run is not even started. */
        public Turn {
            if (thread != null && thread.isBlank()) throw new IllegalArgumentException("thread is blank: " + USAGE);
            // A property that is missing in the JSON is null here, whatever the type says.
            if (message == null || message.isBlank())
                throw new IllegalArgumentException("message is missing: " + USAGE);
        }
    }

    /** @param environment the variables that name the endpoint, such as {@link System#getenv()} */
    public static Handler<Turn, String> handler(Map<String, String> environment) {
        var models = new Models(environment);
        return TASK.handle((ctx, turn) -> run(ctx, turn, models));
    }

    private static String run(Context ctx, @Nullable Turn turn, Models models) {
        if (turn == null) throw new NoRetry("chat needs an input: " + USAGE);
        return ctx.step(ANSWER, s -> models.get().ask(turn.message(), told(ctx, s), s::send));
    }

    /** Who asks. Lets the scripted model say which epoch its words are for; others do not mind. */
    private static Map<String, String> told(Context ctx, Step.Scope step) {
        return Map.of(
                ScriptedModel.RUN, ctx.runId().toString(),
                ScriptedModel.EPOCH, Long.toString(step.epoch()),
                ScriptedModel.TRY, Integer.toString(step.attempt()));
    }
}
