package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Namespace;
import dev.holdfast.sdk.Start;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A wish for a run.
 *
 * @param namespace its tenant
 * @param task name of a hosted task
 * @param input JSON that fits the task's input type
 * @param identity by which a repetition is recognised
 * @param options the rest
 */
public record StartRequest(Namespace namespace, String task, String input, Identity identity, Options options) {

    /**
     * @param key business key: unique per task while the run lives, and after success or cancel for 30 days
     * @param requestId of this call: a repetition answers the first one's answer for 24 hours
     */
    public record Identity(@Nullable String key, @Nullable String requestId) {
        public static final Identity NONE = new Identity(null, null);
    }

    /**
     * @param timing delay or debounce, time to live, priority
     * @param maxDuration from the first start on; null for the task's
     * @param tags for finding it again
     * @param lane the part of the task's queue; null for none
     */
    public record Options(
            Command.Timing timing,
            @Nullable Duration maxDuration,
            List<String> tags,
            @Nullable String lane) {
        public static final Options NONE = new Options(Command.Timing.NOW, null, List.of());

        /**
         * As the start says.
         *
         * @param lane that it is in, whoever has named it
         */
        public static Options of(Start start, @Nullable String lane) {
            var timing = new Command.Timing(start.delay(), start.ttl(), start.priority(), debounce(start));
            return new Options(timing, start.maxDuration(), start.tags(), lane);
        }

        private static Command.@Nullable Debounce debounce(Start start) {
            Start.Debounce debounce = start.debounce();
            return debounce == null ? null : new Command.Debounce(debounce.key(), debounce.quiet());
        }

        public Options {
            tags = List.copyOf(tags);
        }

        /** In no lane. */
        public Options(Command.Timing timing, @Nullable Duration maxDuration, List<String> tags) {
            this(timing, maxDuration, tags, null);
        }
    }
}
