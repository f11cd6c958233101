package dev.holdfast.server;

import dev.holdfast.core.Refused;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * From where a run is done again.
 *
 * @param from key or name of a step; null for the top
 */
record RerunBody(@Nullable String from) {
    private static final String FIELDS = "from";

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid} */
    static RerunBody parse(String json) {
        return Body.read(json, in -> new Reading(in).body());
    }

    private static final class Reading {
        private final JsonParser in;
        private @Nullable String from;

        Reading(JsonParser in) {
            this.in = in;
        }

        RerunBody body() {
            Body.object(in, FIELDS, this::field);
            return new RerunBody(from);
        }

        private void field(String name, JsonToken value) {
            if (!name.equals("from")) throw Body.unknown(name, FIELDS);
            from = Body.string(in, name, value);
        }
    }
}
