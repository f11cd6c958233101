package dev.holdfast.server;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What is said in a conversation: a start whose lane is the conversation's, and which has its place behind all others.
 *
 * @param task that takes the turn
 * @param input of the run, JSON
 * @param key the business key, null for none
 */
record MessageBody(String task, String input, @Nullable String key) {
    private static final String FIELDS = "task, input, key";
    private static final String TASK = "chat";

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid}, {@code input_too_large} */
    static MessageBody parse(String json) {
        return Body.read(json, in -> new Reading(in).body());
    }

    private static final class Reading {
        private final JsonParser in;
        private @Nullable String input;
        private String task = TASK;
        private @Nullable String key;

        Reading(JsonParser in) {
            this.in = in;
        }

        MessageBody body() {
            Body.object(in, FIELDS, this::field);
            if (input == null) {
                throw new Refused("field_invalid", "'input' is missing: {\"input\": {\"message\": \"hello\"}}");
            }
            int bytes = input.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > Defaults.PAYLOAD_LIMIT) throw StartBody.tooLarge("the input has " + bytes + " bytes");
            return new MessageBody(task, input, key);
        }

        private void field(String name, JsonToken value) {
            switch (name) {
                case "task" -> {
                    String named = Body.string(in, name, value);
                    if (named != null) task = named;
                }
                case "input" -> input = Body.value(in);
                case "key" -> key = Body.string(in, name, value);
                default -> throw Body.unknown(name, FIELDS);
            }
        }
    }
}
