package dev.holdfast.sql;

import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import java.sql.SQLException;

/** An entry of a stream as a row of {@code chunks}. */
public final class EntryRow {
    public static final String COLUMNS = "number, epoch, kind, source, data";

    /** The same columns with the data of chunks left out, whose pages are not even read. */
    public static final String OUTLINE = "number, epoch, kind, source, CASE kind WHEN 0 THEN '' ELSE data END";

    private static final int CHUNK = 0;
    private static final int REWIND = 1;
    private static final int GAP = 2;

    private EntryRow() {}

    /** Gives the parameters for kind, source and data. */
    public static Sql write(Sql sql, Item item) throws SQLException {
        return switch (item) {
            case Item.Chunk chunk ->
                sql.number(CHUNK).text(chunk.source().toString()).text(chunk.data());
            case Item.Rewind rewind -> sql.number(REWIND).text((String) null).text(Texts.sources(rewind.drop()));
            case Item.Gap gap -> sql.number(GAP).text((String) null).text(Long.toString(gap.missing()));
        };
    }

    /** Reads {@link #COLUMNS}. */
    public static Entry read(Sql.Row row) throws SQLException {
        long number = row.number();
        long epoch = row.number();
        int kind = row.integer();
        String source = row.textOrNull();
        String data = row.text();
        Item item = switch (kind) {
            case CHUNK -> new Item.Chunk(Source.parse(source == null ? "" : source), data);
            case REWIND -> new Item.Rewind(Texts.sources(data));
            case GAP -> new Item.Gap(Long.parseLong(data));
            default -> throw new SQLException("entry " + number + " is of an unknown kind " + kind);
        };
        return new Entry(number, epoch, item);
    }
}
