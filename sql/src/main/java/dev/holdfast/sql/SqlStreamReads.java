package dev.holdfast.sql;

import dev.holdfast.core.RunId;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.engine.port.StreamLog;
import java.util.ArrayList;
import java.util.List;

/** The reading half of a {@link StreamLog} whose entries are rows of {@code chunks}. */
public final class SqlStreamReads {
    private static final int MEGABYTE = 1_000_000;
    private static final int PORTION = 200;

    private static final String READ =
            "SELECT " + EntryRow.COLUMNS + " FROM chunks WHERE run = ? AND number > ? ORDER BY number LIMIT ?";
    private static final String REWINDS = "SELECT " + EntryRow.COLUMNS
            + " FROM chunks INDEXED BY chunks_rewinds WHERE run = ? AND number > ? AND kind = 1 ORDER BY number";
    private static final String OUTLINE = "SELECT " + EntryRow.OUTLINE + " FROM chunks WHERE run = ? ORDER BY number";
    private static final String HEAD = "SELECT head FROM stream_heads WHERE run = ?";

    private final Readers readers;

    public SqlStreamReads(Readers readers) {
        this.readers = readers;
    }

    /** See {@link StreamLog#read}. */
    public StreamLog.Page read(RunId run, long after, int max) {
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
                    if (characters >= MEGABYTE) return new StreamLog.Page(found, false);
                    found.add(entry);
                    from = entry.number();
                    if (entry.item() instanceof Item.Chunk chunk)
                        characters += chunk.data().length();
                }
                if (some.size() < wanted) return new StreamLog.Page(found, true);
            }
            return new StreamLog.Page(found, false);
        });
    }

    /** See {@link StreamLog#rewinds}. */
    public List<Entry> rewinds(RunId run, long after) {
        return readers.ask(s -> s.sql(REWINDS).id(run).number(after).list(EntryRow::read));
    }

    /** See {@link StreamLog#outline}. */
    public List<Entry> outline(RunId run) {
        return readers.ask(s -> s.sql(OUTLINE).id(run).list(EntryRow::read));
    }

    /** See {@link StreamLog#head}. */
    public long head(RunId run) {
        return readers.ask(s -> s.sql(HEAD).id(run).single());
    }
}
