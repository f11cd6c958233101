package dev.holdfast.sql;

import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An entry of a stream as a row of {@code chunks}. */
public final class EntryRow {
    public static final String COLUMNS = "number, epoch, kind, source, data";

    /** The same columns with the data of chunks left out, whose pages are not even read. */
    public static final String OUTLINE = "number, epoch, kind, source, CASE kind WHEN 0 THEN '' ELSE data END";

    private static final int CHUNK = 0;
    private static final int REWIND = 1;
    private static final int GAP = 2;

    private EntryRow() {}

    /** The values of kind, source and data. */
    public static List<@Nullable Object> values(Item item) {
        return switch (item) {
            case Item.Chunk chunk -> Arrays.asList((long) CHUNK, chunk.source().toString(), chunk.data());
            case Item.Rewind rewind -> Arrays.asList((long) REWIND, null, Texts.sources(rewind.drop()));
            case Item.Gap gap -> Arrays.asList((long) GAP, null, Long.toString(gap.missing()));
        };
    }

    /** Gives {@link #values} as parameters. */
    public static Sql write(Sql sql, Item item) throws SQLException {
        for (Object value : values(item)) sql.value(value);
        return sql;
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
