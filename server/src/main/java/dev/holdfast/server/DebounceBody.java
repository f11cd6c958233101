package dev.holdfast.server;

import dev.holdfast.core.Command;
import dev.holdfast.core.Refused;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The field {@code debounce} of a start. */
final class DebounceBody {
    private static final String FIELDS = "key, quiet";

    private final JsonParser in;
    private @Nullable String key;
    private @Nullable Duration quiet;

    private DebounceBody(JsonParser in) {
        this.in = in;
    }

    /** @throws Refused {@code field_unknown}, {@code field_invalid} */
    static Command.@Nullable Debounce of(JsonParser in, JsonToken value) {
        if (value == JsonToken.VALUE_NULL) return null;
        var body = new DebounceBody(in);
        if (value == JsonToken.START_OBJECT) {
            Body.fields(in, body::field);
            if (body.key != null && body.quiet != null) return new Command.Debounce(body.key, body.quiet);
        }
        throw new Refused(
                "field_invalid", "'debounce' must be an object such as {\"key\": \"cart-7\", \"quiet\": \"5s\"}");
    }

    private void field(String name, JsonToken value) {
        switch (name) {
            case "key" -> key = Body.string(in, "debounce.key", value);
            case "quiet" -> {
                String text = Body.string(in, "debounce.quiet", value);
                quiet = text == null ? null : Durations.parse("debounce.quiet", text);
            }
            default -> throw Body.unknown(name, FIELDS);
        }
    }
}
