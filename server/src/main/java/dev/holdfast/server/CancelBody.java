package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.Conversations;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Which turns of a conversation are to stop. */
record CancelBody(Conversations.Which which) {
    private static final String FIELDS = "which";

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid} */
    static CancelBody parse(String json) {
        return Body.read(json, in -> new Reading(in).body());
    }

    private static final class Reading {
        private final JsonParser in;
        private Conversations.@Nullable Which which;

        Reading(JsonParser in) {
            this.in = in;
        }

        CancelBody body() {
            Body.object(in, FIELDS, this::field);
            if (which == null) throw new Refused("field_invalid", "'which' is missing: 'current' or 'all'");
            return new CancelBody(which);
        }

        private void field(String name, JsonToken value) {
            if (!name.equals("which")) throw Body.unknown(name, FIELDS);
            String text = Body.string(in, name, value);
            which = switch (text) {
                case "current" -> Conversations.Which.CURRENT;
                case "all" -> Conversations.Which.ALL;
                case null, default ->
                    throw new Refused(
                            "field_invalid", "'which' must be 'current' or 'all': it says which turns are to stop");
            };
        }
    }
}
