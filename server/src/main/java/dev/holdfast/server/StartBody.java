package dev.holdfast.server;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.StartRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The body of a start.
 *
 * @param input JSON, compact, numbers as they were written
 * @param key the business key, null for none
 * @param options the rest
 */
record StartBody(String input, @Nullable String key, StartRequest.Options options) {
    private static final String FIELDS = "input, key, lane, delay, debounce, ttl, priority, maxDuration, tags";

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid}, {@code input_too_large}, {@code text_invalid} */
    static StartBody parse(String json) {
        return Body.read(json, in -> new Reading(in).body());
    }

    /** This start, in a lane. */
    StartBody inLane(String lane) {
        return new StartBody(
                input, key, new StartRequest.Options(options.timing(), options.maxDuration(), options.tags(), lane));
    }

    /** The fields as they are met. */
    private static final class Reading {
        private final JsonParser in;
        private String input = "null";
        private @Nullable String key;
        private @Nullable String lane;
        private Duration delay = Duration.ZERO;
        private Command.@Nullable Debounce debounce;
        private @Nullable Duration ttl;
        private Duration ahead = Duration.ZERO;
        private @Nullable Duration maxDuration;
        private List<String> tags = List.of();

        Reading(JsonParser in) {
            this.in = in;
        }

        StartBody body() {
            Body.object(in, FIELDS, this::field);
            var timing = new Command.Timing(delay, ttl, ahead, debounce);
            return new StartBody(input, key, new StartRequest.Options(timing, maxDuration, tags, lane));
        }

        private void field(String name, JsonToken value) {
            switch (name) {
                case "input" -> input = input();
                case "key" -> key = Body.string(in, name, value);
                case "lane" -> lane = Body.string(in, name, value);
                case "delay" -> delay = orZero(duration(name, value));
                case "debounce" -> debounce = DebounceBody.of(in, value);
                case "ttl" -> ttl = duration(name, value);
                case "priority" -> ahead = orZero(duration(name, value));
                case "maxDuration" -> maxDuration = duration(name, value);
                case "tags" -> tags = strings(name, value);
                default -> throw Body.unknown(name, FIELDS);
            }
        }

        private String input() {
            String json = Body.value(in);
            int bytes = json.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > Defaults.PAYLOAD_LIMIT) throw tooLarge("the input has " + bytes + " bytes");
            return json;
        }

        private @Nullable Duration duration(String name, JsonToken value) {
            String text = Body.string(in, name, value);
            return text == null ? null : Durations.parse(name, text);
        }

        private static Duration orZero(@Nullable Duration time) {
            return time == null ? Duration.ZERO : time;
        }

        private List<String> strings(String name, JsonToken value) {
            if (value == JsonToken.VALUE_NULL) return List.of();
            if (value != JsonToken.START_ARRAY)
                throw new Refused("field_invalid", "'" + name + "' must be a list of strings");
            var all = new ArrayList<String>();
            for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
                if (next != JsonToken.VALUE_STRING) {
                    throw new Refused("field_invalid", "'" + name + "' must be a list of strings");
                }
                all.add(in.getString());
            }
            return all;
        }
    }

    static Refused tooLarge(String what) {
        return new Refused(
                "input_too_large",
                what + "; the limit is " + Defaults.PAYLOAD_LIMIT
                        + " bytes of JSON. Store large data elsewhere and hand in where it is");
    }
}
