package dev.holdfast.sdk;

import dev.holdfast.core.Thrown;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;

/**
 * Says why a JSON text does not fit a type, to people who may not know Java: where, what was expected, what was found.
 * The value itself is not repeated; it may be large, or secret.
 */
final class Misfit {
    private Misfit() {}

    static String describe(JacksonException e, TypeRef<?> target) {
        String prefix = "Does not fit " + target + ": at " + path(e) + " ";
        if (e instanceof InputCoercionException range) {
            return prefix + "expected " + expected(range.getTargetType()) + " in the range of "
                    + range.getTargetType().getSimpleName() + ".";
        }
        if (e instanceof StreamReadException) {
            var at = e.getLocation();
            return "Is not one JSON value: line %d, column %d: %s"
                    .formatted(at.getLineNr(), at.getColumnNr(), firstLine(e.getOriginalMessage()));
        }
        if (e instanceof ValueInstantiationException built && built.getCause() != null) {
            return prefix + "the value was refused: " + firstLine(Thrown.message(built.getCause()));
        }
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            if (mismatch.getCurrentToken() == null && e.getPath().isEmpty()) return "Is empty: give one JSON value.";
            if (mismatch.getOriginalMessage().startsWith("Trailing token")) {
                return "Is more than one JSON value: something follows the first one.";
            }
            Class<?> type = mismatch.getTargetType();
            // A list itself may be null; what was refused is a member of it.
            if (mismatch.getCurrentToken() == JsonToken.VALUE_NULL && type.isArray()) type = type.getComponentType();
            return prefix + "expected " + expected(type) + ", found " + found(mismatch.getCurrentToken()) + ".";
        }
        return prefix + firstLine(e.getOriginalMessage());
    }

    /** Where in the value, as {@code $.items[2].price}. */
    static String path(JacksonException e) {
        var path = new StringBuilder("$");
        for (var part : e.getPath()) {
            if (part.getPropertyName() != null) path.append('.').append(part.getPropertyName());
            else path.append('[').append(part.getIndex()).append(']');
        }
        return path.toString();
    }

    static String firstLine(String message) {
        String line = message.lines().findFirst().orElse("");
        return line.length() <= 300 ? line : line.substring(0, 299) + "…";
    }

    private static String expected(Class<?> type) {
        if (type == int.class
                || type == Integer.class
                || type == long.class
                || type == Long.class
                || type == short.class
                || type == Short.class
                || type == byte.class
                || type == Byte.class) return "a whole number";
        if (type == double.class || type == Double.class || type == float.class || type == Float.class)
            return "a number";
        if (type == boolean.class || type == Boolean.class) return "true or false";
        if (type == String.class) return "a text";
        if (type == BigDecimal.class) return "a number, or a text such as \"12.50\"";
        if (type == Duration.class) return "a duration in ISO-8601 such as \"PT1M30S\"";
        if (Temporal.class.isAssignableFrom(type))
            return type.getSimpleName() + " in ISO-8601 such as \"2026-01-31T12:00:00Z\"";
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(c -> '"' + ((Enum<?>) c).name() + '"')
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == UUID.class) return "a UUID such as \"8c1f3e0a-5d6b-4b7e-9a63-1f6f0f2d7c55\"";
        if (type == URI.class) return "a URI";
        if (type == Date.class) return "a time in ISO-8601 such as \"2026-01-31T12:00:00Z\"";
        if (type.isArray() || Collection.class.isAssignableFrom(type)) return "a list";
        return "an object (" + type.getSimpleName() + ")";
    }

    private static String found(@Nullable JsonToken token) {
        if (token == null) return "nothing";
        return switch (token) {
            case START_OBJECT, PROPERTY_NAME -> "an object";
            // The parser stands at the end of the object or list in which something is missing.
            case END_OBJECT, END_ARRAY -> "nothing";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a text that does not fit";
            case VALUE_NUMBER_INT -> "a whole number";
            case VALUE_NUMBER_FLOAT -> "a number with a fraction";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            default -> "something else";
        };
    }
}
