package dev.holdfast.server;

import dev.holdfast.core.Refused;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What is said in a thread.
 *
 * @param message JSON
 * @param task that takes the turn
 */
record MessageBody(String message, String task) {
    private static final String FIELDS = "message, task";
    private static final String TASK = "chat";

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid} */
    static MessageBody parse(String json) {
        return Body.read(json, in -> new Reading(in).body());
    }

    private static final class Reading {
        private final JsonParser in;
        private @Nullable String message;
        private String task = TASK;

        Reading(JsonParser in) {
            this.in = in;
        }

        MessageBody body() {
            Body.object(in, FIELDS, this::field);
            if (message == null) throw new Refused("field_invalid", "'message' is missing: {\"message\": \"hello\"}");
            return new MessageBody(message, task);
        }

        private void field(String name, JsonToken value) {
            switch (name) {
                case "message" -> message = Body.value(in);
                case "task" -> {
                    String named = Body.string(in, name, value);
                    if (named != null) task = named;
                }
                default -> throw Body.unknown(name, FIELDS);
            }
        }
    }
}
