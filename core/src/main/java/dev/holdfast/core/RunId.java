package dev.holdfast.core;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The identity of a run: 128 bits, ordered by time of creation (UUIDv7), unguessable, never reused.
 *
 * <p>Its text is {@code run_} and 26 characters of Crockford's base 32, in lower case. The order of the texts is the
 * order of the ids. Reading is lenient in the way that Crockford describes: case does not matter, {@code o} reads as
 * {@code 0}, {@code i} and {@code l} read as {@code 1}.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record RunId(long high, long low) implements Comparable<RunId> {
    private static final String PREFIX = "run_";
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int LENGTH = 26;

    /** Before every id. */
    public static final RunId MIN = new RunId(0, 0);

    /** After every id that was made before this instant, and before all others: ids grow with time. */
    public static RunId firstOf(Instant instant) {
        return new RunId(Math.max(0, instant.toEpochMilli()) << 16, 0);
    }

    /** The id with the bits of this UUID. */
    public static RunId of(UUID uuid) {
        return new RunId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /** The id that this text names, or empty if it names none. Never throws. */
    public static Optional<RunId> parse(String text) {
        boolean fits =
                text.length() == PREFIX.length() + LENGTH && text.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
        if (!fits) return Optional.empty();
        long high = 0;
        long low = 0;
        for (int i = PREFIX.length(); i < text.length(); i++) {
            int digit = digit(text.charAt(i));
            // The first digit carries only three of its five bits: 26 digits hold 130 bits, an id has 128.
            if (digit < 0 || (i == PREFIX.length() && digit > 7)) return Optional.empty();
            high = (high << 5) | (low >>> 59);
            low = (low << 5) | digit;
        }
        return Optional.of(new RunId(high, low));
    }

    private static int digit(char c) {
        // Only ASCII: other alphabets have letters whose lower case is one of ours.
        char lower = c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
        if (lower == 'o') return 0;
        if (lower == 'i' || lower == 'l') return 1;
        return ALPHABET.indexOf(lower);
    }

    /** The same bits as a UUID. */
    public UUID uuid() {
        return new UUID(high, low);
    }

    @Override
    public int compareTo(RunId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        char[] text = new char[LENGTH];
        long h = high;
        long l = low;
        for (int i = LENGTH - 1; i >= 0; i--) {
            text[i] = ALPHABET.charAt((int) (l & 31));
            l = (l >>> 5) | (h << 59);
            h >>>= 5;
        }
        return PREFIX + new String(text);
    }
}
