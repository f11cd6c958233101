package dev.holdfast.engine.port;

import dev.holdfast.core.Fence;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Numbering;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The ordered chunks of runs. Only a run's holder appends; every implementation passes the same contract suite.
 *
 * <p>Numbers ascend per run, from 1, in the order in which entries became visible: who has seen number n has been able
 * to see every lower one. Each entry says behind which one it stands; what is missing between those was lost by the log after it
 * was durable. Numbers are dense but where an epoch opens that fences by entries: it begins with a number that none before it can
 * have used ({@link Numbering}), so that what is lost is never mistaken for what came later.
 */
public interface StreamLog extends AutoCloseable {
    /** What keeps whoever has lost a run from writing to its stream. */
    Fencing fencing();

    /** See {@link #fencing}. Each holder of a run has one epoch, and appends one after the other. */
    enum Fencing {
        /**
         * The run's row, in the transaction that appends: whoever does not hold the run appends nothing, from the moment when he
         * lost it. Places are not looked at.
         */
        BY_ROW,
        /**
         * The entries themselves: nothing of an epoch is appended once there is one of a newer epoch. So every epoch but the
         * first opens with a rewind, also if there is nothing to take back, before anything else of it happens; until then
         * whoever has lost the run may write, and if he did the stream has moved and is looked at again. An append may be
         * offered again, alone or with more items behind: what is there already is not appended twice.
         */
        BY_OPENING
    }

    /**
     * Appends for several runs; durable when it returns.
     *
     * @return what became of each, in the order given
     * @throws Unavailable if the log could not be written: unless it is indeterminate, nothing of any of them was written.
     *     Where appends may be offered again each has its own answer: {@link Appended.Unanswered}, if there is none
     */
    List<Appended> append(List<Append> appends);

    /**
     * @param run whose stream
     * @param by who writes
     * @param place behind which it belongs
     * @param items at least one, in order
     */
    record Append(RunId run, Fence.By by, Place place, List<Item> items) {
        public Append {
            items = List.copyOf(items);
        }
    }

    /**
     * Where in a stream whoever appends is.
     *
     * @param opened the number of the entry behind which his epoch begins, 0 if it begins the stream
     * @param first the number of the first entry of his epoch
     * @param last the number of the newest entry of his epoch, one less than the first if there is none: what he appends follows
     */
    record Place(long opened, long first, long last) {
        /** In an epoch whose numbers go on where those before it end. */
        public Place(long opened, long last) {
            this(opened, opened + 1, last);
        }

        /** Of an epoch that has not appended anything, and goes on with the next number. */
        public static Place opening(long last) {
            return new Place(last, last);
        }

        /** Of an epoch that has not appended anything, and has numbers of its own. */
        public static Place opening(long last, long epoch) {
            long first = Math.max(last + 1, Numbering.first(epoch));
            return new Place(last, first, first - 1);
        }

        /** Of the same epoch, when it has appended up to there. */
        public Place at(long number) {
            return new Place(opened, first, number);
        }

        public boolean isOpening() {
            return last < first;
        }
    }

    /** Entries with numbers above {@code after}, in order, at most {@code max} of them and about a megabyte. */
    Page read(RunId run, long after, int max);

    /**
     * Some entries of a stream.
     *
     * @param entries in order
     * @param isLast whether there were no more beyond them: who has told these need not ask again before a hint
     */
    record Page(List<Entry> entries, boolean isLast) {
        public Page {
            entries = List.copyOf(entries);
        }
    }

    /** All rewinds with numbers above {@code after}, in order. */
    List<Entry> rewinds(RunId run, long after);

    /** All entries in order, with the data of chunks left out (empty text): enough to find what does not stand. */
    default List<Entry> outline(RunId run) {
        return outlines(List.of(run)).getOrDefault(run, List.of());
    }

    /** The highest number of these, 0 if there is none. */
    static long last(List<Entry> entries) {
        return entries.stream().mapToLong(Entry::number).max().orElse(0);
    }

    /** Those of several runs, in one round trip. A run without entries may be left out. */
    Map<RunId, List<Entry>> outlines(Collection<RunId> runs);

    /** The number of the newest entry, 0 for none. */
    long head(RunId run);

    /**
     * The ledger has removed these runs: their streams go, too. Where the ledger's transaction does that, this is nothing; if
     * it is not done now, the log does it by itself in the end.
     */
    void remove(Collection<RunId> runs);

    @Override
    void close();
}
