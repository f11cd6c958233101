package dev.holdfast.server;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;

/** Parameters of a query, read. */
final class Parameters {
    /** How many a page has, unless it is said. */
    static final int PAGE = Defaults.PAGE;

    static final int LARGEST_PAGE = Defaults.LARGEST_PAGE;

    private Parameters() {}

    /** How many at most a page is to have. */
    static int limit(Call call) {
        return call.query("limit")
                .map(text -> (int) number("limit", text, 1, LARGEST_PAGE))
                .orElse(PAGE);
    }

    static long number(String name, String text, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) return number;
        } catch (NumberFormatException e) {
            // Told below.
        }
        String wanted = "a whole number from " + least + (most == Long.MAX_VALUE ? " on" : " to " + most);
        throw impossible(name, text, wanted);
    }

    static Refused impossible(String name, String text, String wanted) {
        return new Refused("parameter_invalid", "'" + name + "' is '" + Text.shown(text) + "' but must be " + wanted);
    }

    /** A cursor that is none of ours. */
    static Refused noCursor(String text) {
        return impossible("cursor", text, "the 'next' of the page before");
    }
}
