package dev.holdfast.sdk;

import dev.holdfast.core.Refused;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as JSON and reads them back: inputs, results and chunks.
 *
 * <p>It is strict: a value that was written for another type is refused, never bent into shape. A text is not a number
 * and a fraction is not a whole number; a missing or null component of a primitive type is refused; so are NUL
 * characters and anything after the value. Properties that the type does not know are ignored, so that a type can lose
 * one. Null is JSON null.
 *
 * <p>Times and durations are ISO-8601 texts, a BigDecimal is a number with all its digits (a text is read, too), an enum
 * is its name, and a double that is no number is the text "NaN" or "Infinity"; a number too large for its type is refused.
 * A fraction of no declared type is read as a BigDecimal. The output is compact, and equal values give equal texts: maps
 * are written in the order of their keys, sets without an order of their own in that of the texts of their members.
 */
public interface Codec {
    /** The codec that everything uses unless told otherwise. Safe for all threads; costly to make, so keep it. */
    static Codec json() {
        return new JacksonCodec();
    }

    /**
     * The JSON of a value.
     *
     * @throws Refused {@code value_unwritable} if it cannot be written; {@code nul_character} if a text in it has one
     */
    String encode(@Nullable Object value);

    /**
     * The value of a JSON text.
     *
     * @throws Refused {@code input_invalid}, naming the path and what was expected there, if it does not fit the type or
     *     is no JSON; {@code nul_character} if a text in it has one
     */
    <T extends @Nullable Object> T decode(String json, TypeRef<T> type);
}
