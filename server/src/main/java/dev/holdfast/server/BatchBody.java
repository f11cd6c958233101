package dev.holdfast.server;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The body of a batch: a task, an input for each run, and what is said of each of them as in a start.
 *
 * @param inputs JSON, compact
 * @param each the rest; its input means nothing
 */
record BatchBody(String task, List<String> inputs, StartBody each) {
    private static final String FIELDS = "task, inputs, lane, delay, ttl, priority, maxDuration, tags";

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid}, {@code batch_too_large} */
    static BatchBody parse(String json) {
        return Body.read(json, in -> new Reading(in).body());
    }

    private static final class Reading {
        private final JsonParser in;
        private final List<String> inputs = new ArrayList<>();
        private final Map<String, String> rest = new LinkedHashMap<>();
        private @Nullable String task;

        Reading(JsonParser in) {
            this.in = in;
        }

        BatchBody body() {
            Body.object(in, FIELDS, this::field);
            if (task == null) throw new Refused("field_invalid", "'task' is missing: the name of a hosted task");
            if (inputs.isEmpty())
                throw new Refused("field_invalid", "'inputs' is missing: a list with an input for each run");
            return new BatchBody(task, inputs, StartBody.parse(each()));
        }

        private String each() {
            return Json.text(out -> {
                out.writeStartObject();
                rest.forEach((name, value) -> {
                    out.writeName(name);
                    out.writeRawValue(value);
                });
                out.writeEndObject();
            });
        }

        private void field(String name, JsonToken value) {
            switch (name) {
                case "task" -> task = Body.string(in, name, value);
                case "inputs" -> inputs(value);
                case "lane", "delay", "ttl", "priority", "maxDuration", "tags" -> rest.put(name, Body.value(in));
                case "key", "input" ->
                    throw new Refused(
                            "field_invalid",
                            "'" + name + "' belongs to one run: start them one by one, or name 'inputs'");
                default -> throw Body.unknown(name, FIELDS);
            }
        }

        private void inputs(JsonToken value) {
            if (value != JsonToken.START_ARRAY) throw new Refused("field_invalid", "'inputs' must be a list");
            while (in.nextToken() != JsonToken.END_ARRAY) {
                if (inputs.size() == Defaults.BATCH_LIMIT) {
                    throw new Refused(
                            "batch_too_large",
                            "the batch has more than " + Defaults.BATCH_LIMIT
                                    + " inputs: start them in several batches");
                }
                inputs.add(Body.value(in));
            }
        }
    }
}
