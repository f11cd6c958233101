package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueChange.To;
import dev.holdfast.engine.port.Rate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The body of a change of a queue or of a lane. What it does not name stays as it is. */
final class QueueBody {
    private static final String FIELDS = "paused, concurrency, laneConcurrency, rate";
    private static final String FIELDS_OF_LANE = "paused";
    private static final String FIELDS_OF_RATE = "count, per";

    private final JsonParser in;
    private @Nullable Boolean paused;
    private @Nullable To<Integer> concurrency;
    private @Nullable To<Integer> laneConcurrency;
    private @Nullable To<Rate> rate;

    private QueueBody(JsonParser in) {
        this.in = in;
    }

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid} */
    static QueueChange.OfQueue ofQueue(String json) {
        return Body.read(json, in -> {
            var body = new QueueBody(in);
            Body.object(in, FIELDS, body::field);
            return new QueueChange.OfQueue(body.paused, body.concurrency, body.laneConcurrency, body.rate);
        });
    }

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid} */
    static QueueChange.OfLane ofLane(String lane, String json) {
        return new QueueChange.OfLane(lane, paused(json, "it is all that can be said of a lane"));
    }

    /**
     * A body that says whether something is paused, and nothing else.
     *
     * @param otherwise what is told if it does not say so
     * @throws Refused as {@link #ofLane}
     */
    static boolean paused(String json, String otherwise) {
        return Body.read(json, in -> {
            var body = new QueueBody(in);
            Body.object(in, FIELDS_OF_LANE, body::fieldOfLane);
            if (body.paused != null) return body.paused;
            throw new Refused("field_invalid", "'paused' is missing: " + otherwise);
        });
    }

    private void fieldOfLane(String name, JsonToken value) {
        if (!name.equals("paused")) throw Body.unknown(name, FIELDS_OF_LANE);
        paused = bool(name, value);
    }

    private void field(String name, JsonToken value) {
        switch (name) {
            case "paused" -> paused = bool(name, value);
            case "concurrency" -> concurrency = limit(name, value);
            case "laneConcurrency" -> laneConcurrency = limit(name, value);
            case "rate" -> rate = rate(value);
            default -> throw Body.unknown(name, FIELDS);
        }
    }

    private static Boolean bool(String name, JsonToken value) {
        return switch (value) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new Refused("field_invalid", "'" + name + "' must be true or false");
        };
    }

    private To<Integer> limit(String name, JsonToken value) {
        if (value == JsonToken.VALUE_NULL) return new To<>(null);
        return new To<>(number(name, value, ", or null for no limit"));
    }

    private Integer number(String name, JsonToken value, String or) {
        try {
            if (value == JsonToken.VALUE_NUMBER_INT) return Integer.valueOf(in.getString());
        } catch (NumberFormatException e) {
            // Told below: nobody needs so large a limit.
        }
        throw new Refused("field_invalid", "'" + name + "' must be a whole number from 1 to 2147483647" + or);
    }

    private To<Rate> rate(JsonToken value) {
        if (value == JsonToken.VALUE_NULL) return new To<>(null);
        var found = new RateBody();
        if (value == JsonToken.START_OBJECT) {
            Body.fields(in, found::field);
            if (found.count != null && found.per != null) return new To<>(new Rate(found.count, found.per));
        }
        throw new Refused(
                "field_invalid",
                "'rate' must be an object such as {\"count\": 100, \"per\": \"60s\"}, or null for no limit");
    }

    private final class RateBody {
        private @Nullable Integer count;
        private @Nullable Duration per;

        void field(String name, JsonToken value) {
            switch (name) {
                case "count" -> count = number("rate.count", value, "");
                case "per" -> {
                    String text = Body.string(in, "rate.per", value);
                    per = text == null ? null : Durations.parse("rate.per", text);
                }
                default -> throw Body.unknown(name, FIELDS_OF_RATE);
            }
        }
    }
}
