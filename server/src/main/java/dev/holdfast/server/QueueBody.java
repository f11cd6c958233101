package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.QueueSettings;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What is to be changed of a queue or of a lane. What the body does not name stays as it is.
 *
 * @param paused null to leave it
 * @param concurrency null to leave it
 * @param laneConcurrency null to leave it
 */
record QueueBody(
        @Nullable Boolean paused,
        @Nullable Limit concurrency,
        @Nullable Limit laneConcurrency) {

    /** @param most null for no limit */
    record Limit(@Nullable Integer most) {}

    /** Whether it changes a limit. */
    boolean limits() {
        return concurrency != null || laneConcurrency != null;
    }

    QueueSettings over(QueueSettings old) {
        return new QueueSettings(
                concurrency == null ? old.concurrency() : concurrency.most(),
                laneConcurrency == null ? old.laneConcurrency() : laneConcurrency.most());
    }

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid} */
    static QueueBody ofQueue(String json) {
        return Body.read(json, in -> new Reading(in, "paused, concurrency, laneConcurrency").body());
    }

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid} */
    static QueueBody ofLane(String json) {
        return Body.read(json, in -> new Reading(in, "paused").body());
    }

    private static final class Reading {
        private final JsonParser in;
        private final String fields;
        private @Nullable Boolean paused;
        private @Nullable Limit concurrency;
        private @Nullable Limit laneConcurrency;

        Reading(JsonParser in, String fields) {
            this.in = in;
            this.fields = fields;
        }

        QueueBody body() {
            Body.object(in, fields, this::field);
            return new QueueBody(paused, concurrency, laneConcurrency);
        }

        private void field(String name, JsonToken value) {
            if (!fields.contains(name)) throw Body.unknown(name, fields);
            switch (name) {
                case "paused" -> paused = bool(name, value);
                case "concurrency" -> concurrency = limit(name, value);
                case "laneConcurrency" -> laneConcurrency = limit(name, value);
                default -> throw Body.unknown(name, fields);
            }
        }

        private static Boolean bool(String name, JsonToken value) {
            return switch (value) {
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                default -> throw new Refused("field_invalid", "'" + name + "' must be true or false");
            };
        }

        private Limit limit(String name, JsonToken value) {
            if (value == JsonToken.VALUE_NULL) return new Limit(null);
            try {
                if (value == JsonToken.VALUE_NUMBER_INT) return new Limit(Integer.parseInt(in.getString()));
            } catch (NumberFormatException e) {
                // Told below: nobody needs so large a limit.
            }
            throw new Refused(
                    "field_invalid",
                    "'" + name + "' must be a whole number from 1 to 2147483647, or null for no limit");
        }
    }
}
