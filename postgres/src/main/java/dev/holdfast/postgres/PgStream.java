package dev.holdfast.postgres;

import dev.holdfast.core.RunId;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.sql.SqlStreamReads;
import java.util.List;

/** Appends go through the ledger's writer, so that they share its transactions. */
final class PgStream implements StreamLog {
    private final Writer writer;
    private final SqlStreamReads reads;

    PgStream(Writer writer, SqlStreamReads reads) {
        this.writer = writer;
        this.reads = reads;
    }

    @Override
    public List<Appended> append(List<Append> appends) {
        return writer.performAll(appends.stream().map(AppendWork::new).toList());
    }

    @Override
    public Page read(RunId run, long after, int max) {
        return reads.read(run, after, max);
    }

    @Override
    public List<Entry> rewinds(RunId run, long after) {
        return reads.rewinds(run, after);
    }

    @Override
    public List<Entry> outline(RunId run) {
        return reads.outline(run);
    }

    @Override
    public long head(RunId run) {
        return reads.head(run);
    }

    /** The store closes what it is made of. */
    @Override
    public void close() {}
}
