package dev.holdfast.sdk;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Thrown;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** The codec on Jackson. Every setting that the promise of {@link Codec} rests on is named here, default or not. */
final class JacksonCodec implements Codec {
    private static final String NUL = "\\u0000";

    private final JsonMapper mapper = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfigDefaults(c -> c.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
            .withCoercionConfig(
                    LogicalType.Textual,
                    c -> c.setCoercion(CoercionInputShape.EmptyString, CoercionAction.TryConvert)
                            .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            // An amount keeps its digits, also inside values of no declared type.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            // A record is its components, whatever else it can be asked.
            .enable(MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY)
            // An object of which nothing would be written is a mistake, not {}.
            .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
            .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            // Equal values give equal texts: a request is recognised by its text, and hash order differs per process.
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(SerializationFeature.FAIL_ON_ORDER_MAP_BY_INCOMPARABLE_KEY)
            .annotationIntrospector(new PrimitivesAreRequired())
            .addModule(new ExactValues(this::written))
            .build();

    @Override
    public String encode(@Nullable Object value) {
        String json;
        try {
            json = mapper.writeValueAsString(value);
        } catch (JacksonException e) {
            throw unwritable(value, ", at " + Misfit.path(e) + ": " + Misfit.firstLine(e.getOriginalMessage()), e);
        } catch (Throwable e) {
            throw unwritable(value, ": " + brokenCode(e), e);
        }
        refuseNul(json, "A value of " + nameOf(value));
        String kept = Text.wellFormed(json);
        if (kept.equals(json)) return json;
        try {
            mapper.readTree(kept);
        } catch (JacksonException e) {
            throw unwritable(value, ": keys that differ in halves of surrogate pairs would become one key.", e);
        }
        return kept;
    }

    /** The text of a part of a value, to put parts in an order. */
    private String written(@Nullable Object part) {
        return mapper.writeValueAsString(part);
    }

    @Override
    public <T extends @Nullable Object> T decode(String json, TypeRef<T> type) {
        refuseNul(json, "The JSON text");
        try {
            if (type.type() == Void.class) {
                // Jackson would read anything as a Void.
                if (mapper.readValue(json, Object.class) != null) {
                    throw new Refused("input_invalid", "A value was given where nothing is expected: give null.");
                }
                return none();
            }
            try (var parser = new ExactNumbers(mapper.createParser(json))) {
                return mapper.readValue(parser, mapper.constructType(type.type()));
            }
        } catch (Refused e) {
            throw e;
        } catch (JacksonException e) {
            throw caused(e, new Refused("input_invalid", Misfit.describe(e, type)));
        } catch (Throwable e) {
            throw caused(e, new Refused("input_invalid", "Does not fit " + type + ": " + brokenCode(e)));
        }
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"
    }) // only called where T is Void, whose one value is null
    private static <T extends @Nullable Object> T none() {
        return null;
    }

    private static void refuseNul(String json, String what) {
        if (json.indexOf('\0') >= 0 || hasEscapedNul(json)) {
            throw new Refused(
                    "nul_character", what + " has a NUL character (U+0000), which no database stores: remove it.");
        }
    }

    private static boolean hasEscapedNul(String json) {
        for (int at = json.indexOf(NUL); at >= 0; at = json.indexOf(NUL, at + 1)) {
            int backslashes = 0;
            while (at - backslashes - 1 >= 0 && json.charAt(at - backslashes - 1) == '\\') backslashes++;
            if (backslashes % 2 == 0) return true;
        }
        return false;
    }

    private static String nameOf(@Nullable Object value) {
        return value == null ? "nothing" : value.getClass().getName();
    }

    /** What the code of a type has thrown that Jackson passes on. A machine that is out of order is not its fault. */
    private static String brokenCode(Throwable thrown) {
        if (thrown instanceof VirtualMachineError e && !(e instanceof StackOverflowError)) throw e;
        return thrown.getClass().getName() + ": " + Misfit.firstLine(Thrown.message(thrown));
    }

    private static Refused unwritable(@Nullable Object value, String why, Throwable cause) {
        return caused(
                cause,
                new Refused("value_unwritable", "A value of " + nameOf(value) + " cannot be written as JSON" + why));
    }

    private static Refused caused(Throwable cause, Refused refused) {
        refused.initCause(cause);
        return refused;
    }
}
