package dev.holdfast.sdk;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.Date;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.SequencedCollection;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.CollectionType;

/**
 * Amounts with every digit, times and durations as texts, sets in an order. Readers of times that would take a bare number,
 * or a list of them, are replaced.
 */
final class ExactValues extends SimpleModule {
    /** @param json what a value is written as */
    ExactValues(Function<@Nullable Object, String> json) {
        super("holdfast");
        setSerializerModifier(new SortedSets(json));
        addDeserializer(BigDecimal.class, new AmountReader());
        iso(Instant.class, Instant::parse);
        iso(Duration.class, Duration::parse);
        iso(Period.class, Period::parse);
        iso(OffsetDateTime.class, OffsetDateTime::parse);
        iso(ZonedDateTime.class, ZonedDateTime::parse);
        iso(OffsetTime.class, OffsetTime::parse);
        iso(LocalDateTime.class, LocalDateTime::parse);
        iso(LocalDate.class, LocalDate::parse);
        iso(LocalTime.class, LocalTime::parse);
        iso(YearMonth.class, YearMonth::parse);
        iso(MonthDay.class, MonthDay::parse);
        iso(Date.class, text -> Date.from(OffsetDateTime.parse(text).toInstant()));
    }

    private <T> void iso(Class<T> type, Function<CharSequence, T> parse) {
        addDeserializer(type, new IsoReader<>(type, parse));
    }

    /** Equal sets give equal texts. A set that has an order of its own keeps it. */
    private static final class SortedSets extends ValueSerializerModifier {
        private static final long serialVersionUID = 1L;

        private final transient Function<@Nullable Object, String> text;

        SortedSets(Function<@Nullable Object, String> text) {
            this.text = text;
        }

        @Override
        public ValueSerializer<?> modifyCollectionSerializer(
                SerializationConfig config,
                CollectionType type,
                BeanDescription.Supplier bean,
                ValueSerializer<?> writer) {
            boolean ordered =
                    type.isTypeOrSubTypeOf(SequencedCollection.class) || type.isTypeOrSubTypeOf(EnumSet.class);
            return type.isTypeOrSubTypeOf(Set.class) && !ordered ? new SetWriter(writer, text) : writer;
        }
    }

    private static final class SetWriter extends StdSerializer<Set<?>> {
        private final ValueSerializer<Object> writer;
        private final transient Function<@Nullable Object, String> text;

        @SuppressWarnings("unchecked") // it writes collections, and is given nothing else
        SetWriter(ValueSerializer<?> writer, Function<@Nullable Object, String> text) {
            super(Set.class);
            this.writer = (ValueSerializer<Object>) writer;
            this.text = text;
        }

        @Override
        public ValueSerializer<?> createContextual(SerializationContext context, BeanProperty property) {
            return new SetWriter(context.handlePrimaryContextualization(writer, property), text);
        }

        @Override
        public void serialize(Set<?> set, JsonGenerator out, SerializationContext context) {
            writer.serialize(sorted(set), out, context);
        }

        @Override
        public void serializeWithType(
                Set<?> set, JsonGenerator out, SerializationContext context, TypeSerializer types) {
            writer.serializeWithType(sorted(set), out, context, types);
        }

        @Override
        public boolean isEmpty(SerializationContext context, Set<?> set) {
            return set.isEmpty();
        }

        private Set<Object> sorted(Set<?> set) {
            record Member(@Nullable Object value, String text) {}
            return set.stream()
                    .map(value -> new Member(value, text.apply(value)))
                    .sorted(Comparator.comparing(Member::text))
                    .map(Member::value)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
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
