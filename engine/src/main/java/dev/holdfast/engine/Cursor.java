package dev.holdfast.engine;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A position in the story of a run: everything up to it was received, or is not worth receiving. Its text is
 * {@code run_….number.seq}, in the middle of what is not worth it with more numbers behind that, {@code .trusted} for each.
 *
 * @param run whose story
 * @param number of the last entry of the stream, 0 for none
 * @param seq of the last snapshot, 0 for none
 * @param trusted the rewinds beyond the number because of which something up to it was left out, in their order. A log may lose
 *     one before it is reached: then what was left out stands again
 */
record Cursor(RunId run, long number, long seq, List<Long> trusted) {
    /** Where a run is now. */
    static final String NOW = "now";

    /** So many are trusted at a time. It is hardly ever more than one, and a cursor is a header of every request. */
    private static final int TRUSTED = 8;

    // At most 18 digits, so that every one of them is a long.
    private static final Pattern TEXT =
            Pattern.compile("(run_\\w{26})\\.(\\d{1,18})\\.(\\d{1,18})((?:\\.\\d{1,18}){0," + TRUSTED + "})");

    Cursor {
        trusted = List.copyOf(trusted);
    }

    Cursor(RunId run, long number, long seq) {
        this(run, number, seq, List.of());
    }

    static Cursor start(RunId run) {
        return new Cursor(run, 0, 0);
    }

    /**
     * Where a run is now: what it has sent is left out, and of its states all but the newest, if it has not ended.
     *
     * @param head the last entry of its stream
     */
    static Cursor now(Run run, long head) {
        long seq = run.fence().seq();
        return new Cursor(run.id(), head, run.isFinished() ? seq : seq - 1);
    }

    /**
     * The position with this text.
     *
     * @throws Refused {@code cursor_unknown} if it is not one, or one of another run
     */
    static Cursor parse(RunId run, String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches() || RunId.parse(parts.group(1)).filter(run::equals).isEmpty()) {
            throw unknown(run, text);
        }
        var trusted = Stream.of(parts.group(4).split("\\.", -1))
                .skip(1)
                .map(Long::valueOf)
                .sorted()
                .toList();
        return new Cursor(run, 0, Long.parseLong(parts.group(3)), trusted).after(Long.parseLong(parts.group(2)));
    }

    /** This, after an entry. */
    Cursor after(long entry) {
        var ahead = trusted.isEmpty()
                ? trusted
                : trusted.stream().filter(rewind -> rewind > entry).toList();
        return new Cursor(run, entry, seq, ahead);
    }

    /** This, after a snapshot. */
    Cursor after(Snapshot snapshot) {
        return new Cursor(run, number, snapshot.seq(), trusted);
    }

    /** Whether something may be left out because of a rewind that comes. */
    boolean canTrust(long rewind) {
        return trusted.size() < TRUSTED || trusted.contains(rewind);
    }

    /** This, when something was left out because of it. */
    Cursor trusting(long rewind) {
        if (trusted.contains(rewind)) return this;
        var more = Stream.concat(trusted.stream(), Stream.of(rewind)).sorted().toList();
        return new Cursor(run, number, seq, more);
    }

    /** Whether this entry comes without one of those that were trusted. */
    boolean misses(long next) {
        return !trusted.isEmpty() && trusted.getFirst() < next;
    }

    /** This, when all that was told of the stream is told again. */
    Cursor again() {
        return new Cursor(run, 0, seq);
    }

    /** The same for everything that is wrong with a cursor, so that it tells nothing about other runs. */
    static Refused unknown(RunId run, String text) {
        return new Refused(
                "cursor_unknown",
                "'" + shown(text) + "' is not a position of run " + run
                        + ": give the id of the last frame that was received from it, or none to begin at the start");
    }

    /** What was given as one, for a sentence. */
    static String shown(String text) {
        return text.length() <= 100 ? text : text.substring(0, 99) + "…";
    }

    @Override
    public String toString() {
        var text = new StringBuilder()
                .append(run)
                .append('.')
                .append(number)
                .append('.')
                .append(seq);
        for (long rewind : trusted) text.append('.').append(rewind);
        return text.toString();
    }
}
