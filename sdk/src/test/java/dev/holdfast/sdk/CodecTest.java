package dev.holdfast.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
    private final Codec codec = Codec.json();

    enum Colour {
        RED,
        BLUE {
            @Override
            public String toString() {
                return "blue as the sky";
            }
        }
    }

    record Item(String name, int count, BigDecimal price) {
        /** Not a component: not written. */
        public String getLabel() {
            return name + count;
        }
    }

    record Order(
            String id,
            List<Item> items,
            Map<String, Long> stock,
            Instant at,
            Duration patience,
            Colour colour,
            Optional<String> note,
            @Nullable Boolean urgent) {}

    record Positive(int value) {
        Positive {
            if (value <= 0) throw new IllegalArgumentException("value must be positive");
        }
    }

    record Numbers(
            int i, long l, double d, boolean b, @Nullable Integer boxed) {}

    record Zeta(int zeta, int alpha) {}

    private static final String NUMBERS = "{'i':1,'l':2,'d':3.5,'b':true}";

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static Order order() {
        return new Order(
                "o1",
                List.of(new Item("a", 2, new BigDecimal("12.50"))),
                Map.of("x", 1L, "b", 2L, "a", 3L),
                Instant.parse("2026-01-01T00:00:00.123456789Z"),
                Duration.ofSeconds(90),
                Colour.BLUE,
                Optional.of("hi"),
                null);
    }

    @Test
    void a_record_comes_back_equal_and_its_text_is_compact_and_ordered() {
        String text = codec.encode(order());
        assertThat(codec.decode(text, TypeRef.of(Order.class))).isEqualTo(order());
        assertThat(text)
                .isEqualTo(
                        json(
                                "{'id':'o1','items':[{'name':'a','count':2,'price':12.50}],'stock':{'a':3,'b':2,'x':1},"
                                        + "'at':'2026-01-01T00:00:00.123456789Z','patience':'PT1M30S','colour':'BLUE','note':'hi','urgent':null}"));
    }

    @Test
    void components_are_written_in_the_order_of_their_declaration() {
        assertThat(codec.encode(new Zeta(1, 2))).isEqualTo(json("{'zeta':1,'alpha':2}"));
    }

    @Test
    void generics_come_back_as_their_own_types() {
        var type = new TypeRef<Map<String, List<Zeta>>>() {};
        var value = new TreeMap<>(Map.of("k", List.of(new Zeta(1, 2))));
        assertThat(codec.decode(codec.encode(value), type)).isEqualTo(value);
    }

    @Test
    void nothing_is_json_null() {
        assertThat(codec.encode(null)).isEqualTo("null");
        assertThat(codec.decode("null", TypeRef.of(Void.class))).isNull();
        assertThat(codec.decode("null", TypeRef.of(Order.class))).isNull();
        assertThatThrownBy(() -> codec.decode("{}", TypeRef.of(Void.class)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("nothing is expected");
    }

    @Test
    void unknown_properties_are_ignored() {
        assertThat(codec.decode(json("{'zeta':1,'alpha':2,'more':{}}"), TypeRef.of(Zeta.class)))
                .isEqualTo(new Zeta(1, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'i':1 | 'i':'1' | $.i | a whole number",
                "'i':1 | 'i':1.0 | $.i | a whole number",
                "'i':1 | 'i':true | $.i | a whole number",
                "'i':1 | 'i':null | $.i | a whole number",
                "'i':1 | 'j':1 | $.i | a whole number",
                "'i':1 | 'i':'' | $.i | a whole number",
                "'i':1 | 'i':3000000000 | $.i | a whole number",
                "'d':3.5 | 'd':'3.5' | $.d | a number",
                "'b':true | 'b':'true' | $.b | true or false",
                "'b':true | 'b':1 | $.b | true or false",
                "'b':true | 'b':true,'boxed':'' | $.boxed | a whole number",
            })
    void what_does_not_fit_is_refused_with_its_path(String good, String bad, String path, String expected) {
        String text = json(NUMBERS.replace(good, bad));
        assertThat(text).isNotEqualTo(json(NUMBERS));
        assertThatThrownBy(() -> codec.decode(text, TypeRef.of(Numbers.class)))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("input_invalid"))
                .hasMessageContaining("at " + path + " ")
                .hasMessageContaining("expected " + expected);
        assertThat(codec.decode(json(NUMBERS), TypeRef.of(Numbers.class)))
                .isEqualTo(new Numbers(1, 2, 3.5, true, null));
    }

    @Test
    void paths_lead_through_lists_and_the_value_is_not_repeated() {
        String text = codec.encode(order()).replace("\"count\":2", "\"count\":\"s3cret\"");
        assertThatThrownBy(() -> codec.decode(text, TypeRef.of(Order.class)))
                .hasMessageContaining("at $.items[0].count expected a whole number")
                .message()
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "true", "{}", "[]"})
    void a_text_is_only_a_text(String bad) {
        assertThatThrownBy(() -> codec.decode(bad, TypeRef.of(String.class))).hasMessageContaining("expected a text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "\"yesterday\"", "\"\"", "{}", "\"P1X\""})
    void times_and_durations_are_iso_texts(String bad) {
        assertThatThrownBy(() -> codec.decode(bad, TypeRef.of(Instant.class))).hasMessageContaining("ISO-8601");
        assertThatThrownBy(() -> codec.decode(bad, TypeRef.of(Duration.class))).hasMessageContaining("ISO-8601");
    }

    @Test
    void amounts_keep_their_digits_and_may_be_given_as_numbers() {
        var type = TypeRef.of(BigDecimal.class);
        assertThat(codec.decode("\"1.10\"", type)).isEqualTo(new BigDecimal("1.10"));
        assertThat(codec.decode("1.10", type)).isEqualTo(new BigDecimal("1.10"));
        assertThat(codec.decode("7", type)).isEqualTo(new BigDecimal("7"));
        assertThatThrownBy(() -> codec.decode("\"ten\"", type)).hasMessageContaining("12.50");
        assertThatThrownBy(() -> codec.decode("true", type)).hasMessageContaining("12.50");
    }

    @Test
    void numbers_of_no_declared_type_stay_numbers() {
        String text = json("{'big':12345678901234567890,'huge':1E+400,'price':1.50,'whole':2}");
        var read = codec.decode(text, new TypeRef<Map<String, Object>>() {});
        assertThat(codec.encode(read)).isEqualTo(text);
        assertThat(read).containsEntry("price", new BigDecimal("1.50"));
    }

    record Reals(double d, float f, Map<String, double[]> all) {}

    @ParameterizedTest
    @CsvSource({"1e999,1,1,$.d", "1,1e39,1,$.f", "1,1,-1e999,$.all.x[0]"})
    void a_number_too_large_for_its_type_is_refused(String d, String f, String all, String path) {
        String text = json("{'d':" + d + ",'f':" + f + ",'all':{'x':[" + all + "]}}");
        assertThatThrownBy(() -> codec.decode(text, TypeRef.of(Reals.class)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("at " + path + " expected a number in the range of");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "\"1e99999999999\""})
    void a_number_that_no_decimal_can_be_is_refused(String bad) {
        assertThatThrownBy(() -> codec.decode(bad, TypeRef.of(BigDecimal.class)))
                .isInstanceOf(Refused.class);
        if (bad.startsWith("\"")) return;
        assertThatThrownBy(() -> codec.decode(bad, TypeRef.of(Object.class))).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> codec.decode(bad, TypeRef.of(Double.class))).isInstanceOf(Refused.class);
    }

    record Sets(Set<Object> any, SortedSet<Integer> sorted) {}

    @Test
    void equal_sets_give_equal_texts_and_an_order_of_their_own_is_kept() {
        // Two strings with one hash: in a HashSet they stand in the order of their coming.
        var one = new HashSet<>(List.of("Aa", "BB"));
        var other = new HashSet<>(List.of("BB", "Aa"));
        assertThat(codec.encode(one)).isEqualTo(codec.encode(other)).isEqualTo(json("['Aa','BB']"));
        assertThat(codec.encode(new LinkedHashSet<>(List.of("b", "a")))).isEqualTo(json("['b','a']"));
        assertThat(codec.encode(new Sets(Set.of(Set.of(2, 1), "a"), new TreeSet<>(List.of(10, 9)))))
                .isEqualTo(json("{'any':['a',[1,2]],'sorted':[9,10]}"));
        assertThat(codec.encode(EnumSet.of(Colour.BLUE, Colour.RED))).isEqualTo(json("['RED','BLUE']"));
    }

    @Test
    void numbers_that_are_none_come_back() {
        assertThat(codec.encode(Double.NaN)).isEqualTo("\"NaN\"");
        assertThat(codec.decode("\"NaN\"", TypeRef.of(Double.class))).isNaN();
    }

    @Test
    void enums_are_names() {
        var type = TypeRef.of(Colour.class);
        assertThat(codec.decode("\"BLUE\"", type)).isEqualTo(Colour.BLUE);
        assertThatThrownBy(() -> codec.decode("\"blue as the sky\"", type))
                .hasMessageContaining("one of \"RED\", \"BLUE\"");
        assertThatThrownBy(() -> codec.decode("1", type)).hasMessageContaining("one of \"RED\", \"BLUE\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "{\"zeta\":1,\"alpha\":2} x",
                "{\"zeta\":1,\"alpha\":2}{}",
                "{'zeta':1}",
                "nul",
                "{\"zeta\":1,\"zeta\":2,\"alpha\":2}"
            })
    void what_is_not_one_json_value_is_refused(String bad) {
        assertThatThrownBy(() -> codec.decode(bad, TypeRef.of(Zeta.class)))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("input_invalid"));
    }

    @Test
    void what_a_constructor_refuses_is_said_in_its_words() {
        assertThatThrownBy(() -> codec.decode("{\"value\":-1}", TypeRef.of(Positive.class)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("value must be positive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\\u0000b\"", "\"a\0b\"", "\"\\\\\\u0000\"", "{\"\\u0000\":1}"})
    void nul_is_refused(String bad) {
        assertThatThrownBy(() -> codec.decode(bad, TypeRef.of(Object.class)))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("nul_character"));
    }

    @Test
    void nul_is_refused_when_writing_and_an_escaped_backslash_is_no_nul() {
        assertThatThrownBy(() -> codec.encode(List.of("a\0")))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("nul_character"));
        assertThat(codec.decode(codec.encode("\\u0000"), TypeRef.of(String.class)))
                .isEqualTo("\\u0000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "1.5", "[2020,1,1]", "\"5\"", "\"\""})
    void times_of_every_kind_are_texts(String bad) {
        for (Class<?> type : List.of(
                OffsetDateTime.class,
                ZonedDateTime.class,
                LocalDateTime.class,
                LocalDate.class,
                LocalTime.class,
                Date.class)) {
            assertThatThrownBy(() -> codec.decode(bad, TypeRef.of(type)))
                    .as(type.getName())
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("ISO-8601");
        }
    }

    @Test
    void times_of_every_kind_come_back() {
        var at = OffsetDateTime.parse("2026-01-31T12:00:00.123+02:00");
        for (Object time : List.of(
                at,
                at.toZonedDateTime(),
                at.toOffsetTime(),
                at.toLocalDateTime(),
                at.toLocalDate(),
                at.toLocalTime(),
                YearMonth.from(at),
                MonthDay.from(at),
                Year.from(at),
                Period.ofDays(3),
                Date.from(at.toInstant()))) {
            assertThat((Object) codec.decode(codec.encode(time), TypeRef.of(time.getClass())))
                    .isEqualTo(time);
        }
    }

    @Test
    void what_was_expected_is_said_of_lists_and_ids_too() {
        assertThatThrownBy(() -> codec.decode("[1,null]", TypeRef.of(int[].class)))
                .hasMessageContaining("at $[1] expected a whole number, found null");
        assertThatThrownBy(() -> codec.decode("\"x\"", TypeRef.of(UUID.class))).hasMessageContaining("expected a UUID");
        assertThatThrownBy(() -> codec.decode("{}", TypeRef.of(URI.class))).hasMessageContaining("expected a URI");
    }

    @Test
    void keys_that_would_become_one_cannot_be_written() {
        assertThat(codec.encode(Map.of("\uD83D", 1, "a", 2))).isEqualTo("{\"a\":2,\"\uFFFD\":1}");
        assertThatThrownBy(() -> codec.encode(Map.of("\uD83D", 1, "\uD83E", 2)))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("value_unwritable"));
    }

    @Test
    void half_a_surrogate_pair_is_replaced_before_it_is_stored() {
        assertThat(codec.encode("a\uD83Db")).isEqualTo("\"a\uFFFDb\"");
        assertThat(codec.encode("\uD83D\uDE00")).isEqualTo("\"\uD83D\uDE00\"");
    }

    @Test
    void what_cannot_be_written_is_refused() {
        var ring = new ArrayList<Object>();
        ring.add(ring);
        assertThatThrownBy(() -> codec.encode(ring))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("value_unwritable"));
        assertThatThrownBy(() -> codec.encode(new Object()))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("value_unwritable"));
    }

    @Test
    void bytes_are_counted_as_utf8() {
        assertThat(Text.bytes("aé€\uD83D\uDE00")).isEqualTo(1 + 2 + 3 + 4);
    }
}
