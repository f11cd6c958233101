package dev.holdfast.server;

import dev.holdfast.core.Missed;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.StoredSchedule;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** What is to be written down of a schedule. */
final class ScheduleBody {
    private static final String FIELDS = "cron, zone, missed, task, input, lane, ttl";

    private ScheduleBody() {}

    /**
     * @param hosted by which a task names the lane, if the body does not
     * @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid}, {@code input_too_large}
     */
    static StoredSchedule.Definition definition(String json, Map<String, Hosting> hosted) {
        return Body.read(json, in -> new Reading(in).definition(hosted));
    }

    /**
     * Whether it is to be paused.
     *
     * @throws Refused as {@link #definition}
     */
    static boolean paused(String json) {
        return QueueBody.paused(json, "anything else is changed by declaring it anew");
    }

    private static final class Reading {
        private final JsonParser in;
        private String cron = "";
        private String zone = "UTC";
        private Missed missed = Missed.LATEST;
        private String task = "";
        private String input = "null";
        private @Nullable String lane;
        private @Nullable Duration ttl;

        Reading(JsonParser in) {
            this.in = in;
        }

        StoredSchedule.Definition definition(Map<String, Hosting> hosted) {
            Body.object(in, FIELDS, this::field);
            if (cron.isEmpty()) throw missing("cron", "such as \"0 3 * * *\"");
            if (task.isEmpty()) throw missing("task", "the name of a hosted task");
            Hosting hosting = hosted.get(task);
            String in = lane == null && hosting != null ? hosting.lane().apply(input) : lane;
            return new StoredSchedule.Definition(cron, zone, missed, task, input, in, ttl);
        }

        private static Refused missing(String name, String what) {
            return new Refused("field_invalid", "'" + name + "' is missing: " + what);
        }

        private void field(String name, JsonToken value) {
            switch (name) {
                case "cron" -> cron = orElse(Body.string(in, name, value), "");
                case "zone" -> zone = orElse(Body.string(in, name, value), "UTC");
                case "missed" -> missed = missed(orElse(Body.string(in, name, value), "LATEST"));
                case "task" -> task = orElse(Body.string(in, name, value), "");
                case "input" -> input = Body.value(in);
                case "lane" -> lane = Body.string(in, name, value);
                case "ttl" -> ttl = ttl(Body.string(in, name, value));
                default -> throw Body.unknown(name, FIELDS);
            }
        }

        private static @Nullable Duration ttl(@Nullable String text) {
            return text == null ? null : Durations.parse("ttl", text);
        }

        private static String orElse(@Nullable String text, String otherwise) {
            return text == null ? otherwise : text;
        }

        private static Missed missed(String text) {
            for (Missed each : Missed.values()) {
                if (each.name().equals(text.toUpperCase(Locale.ROOT))) return each;
            }
            throw new Refused(
                    "field_invalid", "'missed' is '" + Text.shown(text) + "' but must be SKIP, LATEST or ALL");
        }
    }
}
