package dev.holdfast.sdk;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/** Amounts, times and durations as texts that keep every digit. Readers that would take a bare number are replaced. */
final class ExactValues extends SimpleModule {
    ExactValues() {
        super("holdfast");
        addSerializer(new AmountWriter());
        addDeserializer(BigDecimal.class, new AmountReader());
        addDeserializer(Instant.class, new IsoReader<>(Instant.class, Instant::parse));
        addDeserializer(Duration.class, new IsoReader<>(Duration.class, Duration::parse));
    }

    private static final class AmountWriter extends StdSerializer<BigDecimal> {
        AmountWriter() {
            super(BigDecimal.class);
        }

        @Override
        public void serialize(BigDecimal value, JsonGenerator out, SerializationContext context) {
            out.writeString(value.toString());
        }
    }

    private static final class AmountReader extends StdDeserializer<BigDecimal> {
        /** More digits than any amount; parsing is quadratic. */
        private static final int DIGITS = 1_000;

        AmountReader() {
            super(BigDecimal.class);
        }

        @Override
        public BigDecimal deserialize(JsonParser in, DeserializationContext context) {
            JsonToken token = in.currentToken();
            if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT)
                return in.getDecimalValue();
            if (token == JsonToken.VALUE_STRING && in.getString().length() <= DIGITS) {
                try {
                    return new BigDecimal(in.getString());
                } catch (NumberFormatException e) {
                    // said below
                }
            }
            return context.reportInputMismatch(this, "not a decimal number");
        }
    }

    private static final class IsoReader<T> extends StdDeserializer<T> {
        private final transient Function<CharSequence, T> parse;

        IsoReader(Class<T> type, Function<CharSequence, T> parse) {
            super(type);
            this.parse = parse;
        }

        @Override
        @SuppressWarnings("unchecked") // reportInputMismatch always throws
        public T deserialize(JsonParser in, DeserializationContext context) {
            if (in.currentToken() == JsonToken.VALUE_STRING) {
                try {
                    return parse.apply(in.getString());
                } catch (DateTimeParseException e) {
                    // said below
                }
            }
            return (T) context.reportInputMismatch(this, "not in ISO-8601");
        }
    }
}
