package dev.holdfast.cli;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON value. Jackson's token reader alone is behind it: its object mapper would cost a command a tenth of a second.
 * Numbers keep their text. What is missing reads as null.
 *
 * @param value Map, List, String, Boolean, {@link Numeral} (text), or null
 */
record Json(@Nullable Object value) {
    // A name that is there twice must not be lost on the way.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Json NULL = new Json(null);

    /** A number as it was written. */
    private record Numeral(String text) {}

    /** @throws IllegalArgumentException if it is not JSON, with the reason */
    static Json parse(String text) {
        try (JsonParser in = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = in.nextToken();
            if (first == null) throw new IllegalArgumentException("it is empty");
            Json value = new Json(read(in, first));
            if (in.nextToken() != null) throw new IllegalArgumentException("it goes on after the value has ended");
            return value;
        } catch (JacksonException e) {
            var where = e.getLocation();
            String place = where == null ? "" : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
            throw new IllegalArgumentException(reason(e) + place, e);
        }
    }

    /** In our words: the parser's own speak of its settings. */
    private static String reason(JacksonException e) {
        if (e instanceof UnexpectedEndOfInputException) return "it ends in the middle";
        if (e.getOriginalMessage().startsWith("Duplicate")) return "a name is there twice in one object";
        return e instanceof StreamConstraintsException
                ? "a number or a name is too long, or it is nested too deeply"
                : "something there does not belong into JSON";
    }

    private static @Nullable Object read(JsonParser in, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                var object = new LinkedHashMap<String, @Nullable Object>();
                while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = in.currentName();
                    object.put(name, read(in, in.nextToken()));
                }
                yield object;
            }
            case START_ARRAY -> {
                var list = new ArrayList<@Nullable Object>();
                for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
                    list.add(read(in, next));
                }
                yield list;
            }
            case VALUE_STRING -> in.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Numeral(in.getString());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** JSON that is written by hand. */
    static String write(Consumer<JsonGenerator> content) {
        var text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            content.accept(out);
        }
        return text.toString();
    }

    boolean isNull() {
        return value == null;
    }

    Json at(String name) {
        return value instanceof Map<?, ?> object && object.get(name) != null ? new Json(object.get(name)) : NULL;
    }

    List<Json> items() {
        if (!(value instanceof List<?> list)) return List.of();
        var all = new ArrayList<Json>(list.size());
        for (Object item : list) all.add(new Json(item));
        return all;
    }

    /** A string's content, another value's JSON; empty for null. */
    String text() {
        if (value == null) return "";
        return value instanceof String string ? string : compact();
    }

    /** 0 if it is not a whole number. */
    long number() {
        try {
            return value instanceof Numeral number ? Long.parseLong(number.text()) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    String compact() {
        return write(out -> write(out, value));
    }

    /** Indented by two. */
    String pretty() {
        var text = new StringBuilder();
        pretty(text, value, "\n");
        return text.toString();
    }

    private static void pretty(StringBuilder text, @Nullable Object value, String line) {
        String inner = line + "  ";
        if (value instanceof Map<?, ?> object && !object.isEmpty()) {
            String open = "{";
            for (Map.Entry<?, ?> entry : object.entrySet()) {
                text.append(open)
                        .append(inner)
                        .append(new Json(entry.getKey()).compact())
                        .append(": ");
                pretty(text, entry.getValue(), inner);
                open = ",";
            }
            text.append(line).append('}');
        } else if (value instanceof List<?> list && list.stream().anyMatch(item -> item instanceof List<?>)) {
            String open = "[";
            for (Object item : list) {
                text.append(open).append(inner);
                pretty(text, item, inner);
                open = ",";
            }
            text.append(line).append(']');
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            String open = "[";
            for (Object item : list) {
                // A list of small objects reads best with one of them per line.
                text.append(open).append(inner).append(new Json(item).compact());
                open = ",";
            }
            text.append(line).append(']');
        } else {
            text.append(new Json(value).compact());
        }
    }

    private static void write(JsonGenerator out, @Nullable Object value) {
        switch (value) {
            case null -> out.writeNull();
            case Map<?, ?> object -> {
                out.writeStartObject();
                object.forEach((name, inner) -> {
                    out.writeName(String.valueOf(name));
                    write(out, inner);
                });
                out.writeEndObject();
            }
            case List<?> list -> {
                out.writeStartArray();
                for (Object item : list) write(out, item);
                out.writeEndArray();
            }
            case Numeral number -> out.writeRawValue(number.text());
            case Boolean bool -> out.writeBoolean(bool);
            default -> out.writeString(value.toString());
        }
    }
}
