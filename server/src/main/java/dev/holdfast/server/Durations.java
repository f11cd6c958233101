package dev.holdfast.server;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 5s}, {@code 10m}, {@code 2h}, {@code 7d}, or ISO 8601 ({@code PT5S}). */
final class Durations {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

    private Durations() {}

    /**
     * @param field which field it is of, for the message
     * @throws Refused {@code field_invalid}
     */
    static Duration parse(String field, String text) {
        Matcher matcher = SHORT.matcher(text);
        try {
            Duration time = matcher.matches() ? units(matcher) : Duration.parse(text);
            if (time.compareTo(Defaults.LONGEST) > 0) throw tooLong(field, text);
            if (!time.isNegative()) return time;
        } catch (ArithmeticException e) {
            throw tooLong(field, text);
        } catch (DateTimeParseException e) {
            // Told below, in the same words as a negative one.
        }
        throw new Refused(
                "field_invalid",
                "'" + field + "' is '" + Text.shown(text)
                        + "', which is not a duration: write 500ms, 5s, 10m, 2h, 7d or ISO 8601 such as PT5S");
    }

    /** As {@link #parse} reads it, in whole seconds if it has no fractions of them. */
    static String text(Duration time) {
        long millis = time.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    /** Nobody can mean it, and who mistook the unit wants to know. */
    private static Refused tooLong(String field, String text) {
        return new Refused(
                "field_invalid",
                "'" + field + "' is '" + Text.shown(text) + "', which is too long: the longest is "
                        + Defaults.LONGEST.toDays() + "d");
    }

    private static Duration units(Matcher matcher) {
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }
}
