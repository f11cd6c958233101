package dev.holdfast.server;

import dev.holdfast.core.Refused;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Bodies of requests, read token by token. Every mistake is told in our words. */
final class Body {
    private Body() {}

    /** Takes the value of a field; the parser stands at its first token. */
    interface Fields {
        void field(String name, JsonToken value);
    }

    /** @throws Refused {@code json_malformed}, {@code text_invalid}, and what {@code reading} throws */
    static <T> T read(String json, Function<JsonParser, T> reading) {
        try (JsonParser in = Json.parser(json)) {
            T read = reading.apply(in);
            if (in.nextToken() != null)
                throw new Refused("json_malformed", "the body goes on after its JSON has ended");
            return read;
        } catch (JacksonException e) {
            var where = e.getLocation();
            String place = where == null ? "" : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
            // In a name, the parser meets it before we do.
            if (e.getOriginalMessage().contains("surrogate")) {
                throw new Refused(
                        "text_invalid", "a name in the body contains half of a surrogate pair" + place + ": remove it");
            }
            throw new Refused("json_malformed", "the body is not JSON: " + Json.reason(e) + place);
        }
    }

    /** Any value, compact, numbers as they were written; null if there is no body. */
    static String value(String json) {
        return read(json, in -> in.nextToken() == null ? "null" : value(in));
    }

    /** The value at which the parser stands. */
    static String value(JsonParser in) {
        return Json.text(out -> out.copyCurrentStructureExact(in));
    }

    /**
     * The fields of an object as they are met; none if there is no body.
     *
     * @param names of the fields, for the message
     */
    static void object(JsonParser in, String names, Fields fields) {
        JsonToken first = in.nextToken();
        if (first == null) return;
        if (first != JsonToken.START_OBJECT) {
            throw new Refused("field_invalid", "the body must be an object; its fields are " + names);
        }
        fields(in, fields);
    }

    /** The fields of the object at whose first token the parser stands. */
    static void fields(JsonParser in, Fields fields) {
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = in.currentName();
            fields.field(name, in.nextToken());
        }
    }

    static Refused unknown(String name, String names) {
        return new Refused(
                "field_unknown",
                "the body has a field '" + Text.shown(name) + "', which does not exist; its fields are " + names);
    }

    static @Nullable String string(JsonParser in, String name, JsonToken value) {
        if (value == JsonToken.VALUE_NULL) return null;
        if (value == JsonToken.VALUE_STRING) return in.getString();
        throw new Refused("field_invalid", "'" + name + "' must be a string");
    }
}
