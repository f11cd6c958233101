package dev.holdfast.sql;

import dev.holdfast.core.RunId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A prepared statement that is used again and again: its parameters are given one after the other, then it is executed. */
public final class Sql {
    private final PreparedStatement statement;
    private final Dialect dialect;
    private int at;

    /** Makes a thing of the row at which it is. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(Row row) throws SQLException;
    }

    Sql(PreparedStatement statement, Dialect dialect) {
        this.statement = statement;
        this.dialect = dialect;
    }

    Sql begin() {
        at = 0;
        return this;
    }

    void close() throws SQLException {
        statement.close();
    }

    /** So many places of a list: <code>?, ?, ?</code>. */
    public static String places(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    public Sql id(RunId id) throws SQLException {
        dialect.bind(statement, ++at, id);
        return this;
    }

    /** A text, a number, an id or null: the values that a row's codec lists. */
    public Sql value(@Nullable Object value) throws SQLException {
        return switch (value) {
            case Long number -> number((long) number);
            case String text -> text(text);
            case RunId id -> id(id);
            case UUID id -> uuid(id);
            case null -> nothing();
            default -> throw new IllegalArgumentException("no column is a " + value.getClass());
        };
    }

    private Sql nothing() throws SQLException {
        statement.setObject(++at, null);
        return this;
    }

    public Sql maybe(@Nullable RunId id) throws SQLException {
        return id == null ? nothing() : id(id);
    }

    public Sql uuid(UUID id) throws SQLException {
        return id(RunId.of(id));
    }

    public Sql text(@Nullable String text) throws SQLException {
        statement.setString(++at, text);
        return this;
    }

    public Sql text(@Nullable Enum<?> constant) throws SQLException {
        return text(constant == null ? null : constant.name());
    }

    public Sql number(long number) throws SQLException {
        statement.setLong(++at, number);
        return this;
    }

    public Sql number(@Nullable Long number) throws SQLException {
        return number == null ? nothing() : number((long) number);
    }

    /** In milliseconds since 1970. */
    public Sql instant(@Nullable Instant instant) throws SQLException {
        return instant == null ? nothing() : number(instant.toEpochMilli());
    }

    /** An array, for a database that has them. */
    public Sql texts(List<@Nullable String> texts) throws SQLException {
        return array("text", texts.toArray(new String[0]));
    }

    /** An array, for a database that has them. */
    public Sql numbers(List<@Nullable Long> numbers) throws SQLException {
        return array("bigint", numbers.toArray(new Long[0]));
    }

    /** An array, for a database that has them and a type for ids. */
    public Sql ids(List<@Nullable RunId> ids) throws SQLException {
        var uuids = new ArrayList<@Nullable UUID>(ids.size());
        for (RunId id : ids) uuids.add(id == null ? null : id.uuid());
        return uuids(uuids);
    }

    /** An array, for a database that has them and a type for ids. */
    public Sql uuids(List<@Nullable UUID> ids) throws SQLException {
        statement.setArray(++at, dialect.uuids(statement.getConnection(), ids));
        return this;
    }

    /** @param values of the element's own type where the driver knows how to send that as it is */
    private Sql array(String type, @Nullable Object[] values) throws SQLException {
        statement.setArray(++at, statement.getConnection().createArrayOf(type, values));
        return this;
    }

    /** @return how many rows it has written */
    public int update() throws SQLException {
        return statement.executeUpdate();
    }

    public <T> List<T> list(Reader<T> reader) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            var all = new ArrayList<T>();
            var row = new Row(rows, dialect);
            while (rows.next()) all.add(reader.read(row.begin()));
            return all;
        }
    }

    public <T> Optional<T> first(Reader<T> reader) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(reader.read(new Row(rows, dialect))) : Optional.empty();
        }
    }

    /** Empty if there is no row, or if it says null. */
    public Optional<String> firstText() throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
        }
    }

    /** Empty if there is no row, or if it says null. */
    public Optional<Instant> firstInstant() throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.ofNullable(new Row(rows, dialect).instantOrNull()) : Optional.empty();
        }
    }

    /** A number, 0 if there is no row or the row says null. */
    public long single() throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /** Whether there is a row. */
    public boolean any() throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next();
        }
    }

    /** A row whose columns are read one after the other. */
    public static final class Row {
        private final ResultSet rows;
        private final Dialect dialect;
        private int at;

        Row(ResultSet rows, Dialect dialect) {
            this.rows = rows;
            this.dialect = dialect;
        }

        Row begin() {
            at = 0;
            return this;
        }

        public RunId id() throws SQLException {
            RunId id = idOrNull();
            if (id == null) throw new SQLException("column " + at + " has no id");
            return id;
        }

        public @Nullable RunId idOrNull() throws SQLException {
            return dialect.read(rows, ++at);
        }

        public String text() throws SQLException {
            return rows.getString(++at);
        }

        public @Nullable String textOrNull() throws SQLException {
            return rows.getString(++at);
        }

        public <E extends Enum<E>> E constant(Class<E> type) throws SQLException {
            return Enum.valueOf(type, text());
        }

        public <E extends Enum<E>> @Nullable E constantOrNull(Class<E> type) throws SQLException {
            String name = textOrNull();
            return name == null ? null : Enum.valueOf(type, name);
        }

        /** 0 for null. */
        public long number() throws SQLException {
            return rows.getLong(++at);
        }

        public @Nullable Long numberOrNull() throws SQLException {
            long number = rows.getLong(++at);
            return number == 0 && rows.wasNull() ? null : (Long) number;
        }

        /** 0 for null. */
        public int integer() throws SQLException {
            return rows.getInt(++at);
        }

        public Instant instant() throws SQLException {
            return Instant.ofEpochMilli(number());
        }

        public @Nullable Instant instantOrNull() throws SQLException {
            long millis = number();
            return millis == 0 && rows.wasNull() ? null : Instant.ofEpochMilli(millis);
        }
    }
}
