package dev.holdfast.sql;

import dev.holdfast.core.RunId;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.StreamLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A {@link StreamLog} whose entries are rows of {@code chunks}. Whoever writes changes appends, too: they share transactions. */
public final class SqlStream implements StreamLog {
    private static final int MEGABYTE = 1_000_000;
    private static final int PORTION = 200;

    private static final String READ =
            "SELECT " + EntryRow.COLUMNS + " FROM chunks WHERE run = ? AND number > ? ORDER BY number LIMIT ?";
    private static final String REWINDS = "SELECT " + EntryRow.COLUMNS
            + " FROM chunks INDEXED BY chunks_rewinds WHERE run = ? AND number > ? AND kind = 1 ORDER BY number";
    private static final String OUTLINE =
            "SELECT run, " + EntryRow.OUTLINE + " FROM chunks WHERE run IN (%s) ORDER BY run, number";
    private static final String HEAD = "SELECT head FROM stream_heads WHERE run = ?";

    private final Readers readers;
    private final Function<List<Append>, List<Appended>> writer;

    /** @param writer appends, as {@link StreamLog#append} promises */
    public SqlStream(Readers readers, Function<List<Append>, List<Appended>> writer) {
        this.readers = readers;
        this.writer = writer;
    }

    @Override
    public Fencing fencing() {
        return Fencing.BY_ROW;
    }

    @Override
    public List<Appended> append(List<Append> appends) {
        return writer.apply(appends);
    }

    @Override
    public Page read(RunId run, long after, int max) {
        return readers.read(session -> {
            var found = new ArrayList<Entry>();
            long characters = 0;
            long from = after;
            // In portions, so that a page that is full after a few large entries has not read hundreds.
            while (found.size() < max) {
                int wanted = Math.min(PORTION, max - found.size());
                List<Entry> some =
                        session.sql(READ).id(run).number(from).number(wanted).list(EntryRow::read);
                for (Entry entry : some) {
                    if (characters >= MEGABYTE) return new Page(found, false);
                    found.add(entry);
                    from = entry.number();
                    if (entry.item() instanceof Item.Chunk chunk)
                        characters += chunk.data().length();
                }
                if (some.size() < wanted) return new Page(found, true);
            }
            return new Page(found, false);
        });
    }

    @Override
    public List<Entry> rewinds(RunId run, long after) {
        return readers.ask(s -> s.sql(REWINDS).id(run).number(after).list(EntryRow::read));
    }

    @Override
    public Map<RunId, List<Entry>> outlines(Collection<RunId> runs) {
        return readers.ask(s -> new Ids(runs).each(s, OUTLINE, EntryRow::read));
    }

    @Override
    public long head(RunId run) {
        return readers.ask(s -> s.sql(HEAD).id(run).single());
    }

    /** The transaction that has removed them has removed their chunks. */
    @Override
    public void remove(Collection<RunId> runs) {}

    /** The store closes what it is made of. */
    @Override
    public void close() {}
}
