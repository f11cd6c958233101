package dev.holdfast.postgres;

import dev.holdfast.core.RunId;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows for one statement, column by column: as many rows as there are cost one statement, whose parameters are arrays that
 * it takes apart with {@code unnest}.
 */
final class Columns {
    /** What a value is, and in how many bytes it lies in the table. */
    enum Type {
        UUID("uuid", 16),
        NUMBER("bigint", 8),
        INTEGER("bigint", 4),
        SMALL("bigint", 2),
        TEXT("text", 0);

        private final String element;
        private final int bytes;

        Type(String element, int bytes) {
            this.element = element;
            this.bytes = bytes;
        }

        /** Of a text 0: each has its own. */
        int bytes() {
            return bytes;
        }
    }

    private final List<Type> types;
    private final List<List<@Nullable Object>> columns = new ArrayList<>();
    private final BitSet filled = new BitSet();
    private final BitSet varied = new BitSet();

    Columns(Type... types) {
        this(List.of(types));
    }

    Columns(List<Type> types) {
        this.types = types;
        for (int i = 0; i < types.size(); i++) columns.add(new ArrayList<>());
    }

    void add(@Nullable Object... row) {
        for (int i = 0; i < row.length; i++) put(i, row[i]);
    }

    void add(List<? extends @Nullable Object> row) {
        for (int i = 0; i < row.size(); i++) put(i, row.get(i));
    }

    private void put(int column, @Nullable Object value) {
        List<@Nullable Object> all = columns.get(column);
        Object plain = plain(value);
        if (plain != null) filled.set(column);
        if (!all.isEmpty() && !Objects.equals(all.getFirst(), plain)) varied.set(column);
        all.add(plain);
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case RunId id -> id.uuid();
            case Integer number -> (Long) number.longValue();
            case Instant instant -> (Long) instant.toEpochMilli();
            case Enum<?> constant -> constant.name();
            case null, default -> value;
        };
    }

    int size() {
        return columns.getFirst().size();
    }

    boolean isEmpty() {
        return columns.getFirst().isEmpty();
    }

    List<Type> types() {
        return types;
    }

    @Nullable
    Object at(int row, int column) {
        return columns.get(column).get(row);
    }

    /** Whether some row has something in this column. */
    boolean isFilled(int column) {
        return filled.get(column);
    }

    /** Whether all rows have the same in this column. */
    boolean isAlike(int column) {
        return !varied.get(column);
    }

    /** The same rows, with only these columns. */
    Columns only(List<Integer> chosen) {
        var some = new Columns(chosen.stream().map(types::get).toList());
        for (int i = 0; i < chosen.size(); i++) {
            some.columns.set(i, columns.get(chosen.get(i)));
            some.filled.set(i, filled.get(chosen.get(i)));
            some.varied.set(i, varied.get(chosen.get(i)));
        }
        return some;
    }

    /** {@code unnest(?, ?)} for these columns. */
    static String unnest(Type... types) {
        return unnest(List.of(types));
    }

    static String unnest(List<Type> types) {
        var text = new StringBuilder("unnest(");
        for (Type type : types) {
            if (text.length() > 7) text.append(", ");
            text.append("?::").append(type.element).append("[]");
        }
        return text.append(')').toString();
    }

    /** Gives the parameters of {@link #unnest}. */
    @SuppressWarnings("unchecked") // Each column has what its type says: the database refuses anything else.
    Sql in(Sql sql) throws SQLException {
        for (int i = 0; i < types.size(); i++) {
            List<?> column = columns.get(i);
            switch (types.get(i)) {
                case UUID -> sql.uuids((List<@Nullable UUID>) column);
                case NUMBER, INTEGER, SMALL -> sql.numbers((List<@Nullable Long>) column);
                case TEXT -> sql.texts((List<@Nullable String>) column);
            }
        }
        return sql;
    }
}
