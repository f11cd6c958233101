package dev.holdfast.core;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * One field of a cron expression: which of its values are meant.
 *
 * @param values that are meant
 * @param isOpen whether it begins with a star
 */
record CronField(BitSet values, boolean isOpen) {

    /** What can stand in a field. */
    enum Kind {
        SECOND("second", 0, 59, ""),
        MINUTE("minute", 0, 59, ""),
        HOUR("hour", 0, 23, ""),
        DAY("day of the month", 1, 31, ""),
        MONTH("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
        /** 0 and 7 are Sunday. */
        WEEKDAY("day of the week", 0, 7, "SUN MON TUE WED THU FRI SAT");

        private final String title;
        private final int least;
        private final int most;
        private final String names;

        Kind(String title, int least, int most, String names) {
            this.title = title;
            this.least = least;
            this.most = most;
            this.names = names;
        }

        private List<String> names() {
            return names.isEmpty() ? List.of() : List.of(names.split(" ", -1));
        }
    }

    private static final int LONGEST_NUMBER = 4;

    /** @throws Refused {@code cron_invalid} */
    static CronField parse(Kind kind, String text) {
        var values = new BitSet(kind.most + 1);
        for (String part : text.split(",", -1)) add(kind, part, values);
        // Sunday has two numbers.
        if (kind == Kind.WEEKDAY && values.get(7)) {
            values.clear(7);
            values.set(0);
        }
        return new CronField(values, text.startsWith("*"));
    }

    /** Whether every value is meant. */
    boolean isFull(Kind kind) {
        int highest = kind == Kind.WEEKDAY ? 6 : kind.most;
        return values.cardinality() == highest - kind.least + 1;
    }

    boolean has(int value) {
        return values.get(value);
    }

    /** The first value from this one on; -1 if there is none. */
    int from(int value) {
        return values.nextSetBit(value);
    }

    int first() {
        return values.nextSetBit(0);
    }

    private static void add(Kind kind, String part, BitSet values) {
        int slash = part.indexOf('/');
        String range = slash < 0 ? part : part.substring(0, slash);
        int step = slash < 0 ? 1 : number(kind, part, part.substring(slash + 1), 1, kind.most);
        int dash = range.indexOf('-');
        int first;
        int last;
        if (range.equals("*")) {
            first = kind.least;
            last = kind == Kind.WEEKDAY ? 6 : kind.most;
        } else if (dash < 0) {
            first = value(kind, part, range);
            last = first;
            if (slash >= 0) {
                throw invalid(
                        kind, part, "a step needs a range: write " + range + "-" + kind.most + part.substring(slash));
            }
        } else {
            first = value(kind, part, range.substring(0, dash));
            last = value(kind, part, range.substring(dash + 1));
            // From a day to Sunday, by name.
            if (kind == Kind.WEEKDAY && last == 0 && first > 0) last = 7;
            if (first > last) throw invalid(kind, part, "the range ends before it begins");
        }
        for (int value = first; value <= last; value += step) values.set(value);
    }

    private static int value(Kind kind, String part, String text) {
        int named = kind.names().indexOf(text.toUpperCase(Locale.ROOT));
        return named >= 0 ? named + kind.least : number(kind, part, text, kind.least, kind.most);
    }

    private static int number(Kind kind, String part, String text, int least, int most) {
        boolean digits = !text.isEmpty()
                && text.length() <= LONGEST_NUMBER
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(text) : -1;
        if (number >= least && number <= most) return number;
        String names = kind.names.isEmpty()
                ? ""
                : ", or " + kind.names().getFirst() + " to " + kind.names().getLast();
        throw invalid(kind, part, "'" + text + "' is not a number from " + least + " to " + most + names);
    }

    private static Refused invalid(Kind kind, String part, String why) {
        return new Refused(
                "cron_invalid",
                "'" + part + "' cannot be the " + kind.title + ": " + why
                        + ". A field is * or numbers, ranges (1-5), steps (*/15, 8-18/2) and lists of them (1,15)");
    }
}
