package dev.holdfast.postgres;

import dev.holdfast.core.RunId;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows for one statement, column by column: as many rows as there are cost one statement, whose parameters are arrays that
 * it takes apart with {@code unnest}.
 */
final class Columns {
    enum Type {
        UUID,
        NUMBER,
        TEXT
    }

    private final List<Type> types;
    private final List<List<@Nullable Object>> columns = new ArrayList<>();

    Columns(Type... types) {
        this(List.of(types));
    }

    Columns(List<Type> types) {
        this.types = types;
        for (int i = 0; i < types.size(); i++) columns.add(new ArrayList<>());
    }

    void add(@Nullable Object... row) {
        for (int i = 0; i < row.length; i++) columns.get(i).add(plain(row[i]));
    }

    void add(List<? extends @Nullable Object> row) {
        for (int i = 0; i < row.size(); i++) columns.get(i).add(plain(row.get(i)));
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

    /** {@code unnest(?, ?)} for these columns. */
    static String unnest(Type... types) {
        return unnest(List.of(types));
    }

    static String unnest(List<Type> types) {
        var text = new StringBuilder("unnest(");
        for (Type type : types) {
            if (text.length() > 7) text.append(", ");
            text.append(
                    switch (type) {
                        case UUID -> "?::uuid[]";
                        case NUMBER -> "?::bigint[]";
                        case TEXT -> "?::text[]";
                    });
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
                case NUMBER -> sql.numbers((List<@Nullable Long>) column);
                case TEXT -> sql.texts((List<@Nullable String>) column);
            }
        }
        return sql;
    }
}
