package dev.holdfast.sqlite;

import dev.holdfast.core.RunId;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A prepared statement that is used again and again: its parameters are given one after the other, then it is executed. */
final class Sql {
    private final PreparedStatement statement;
    private int at;

    /** Makes a thing of the row at which it is. */
    @FunctionalInterface
    interface Reader<T> {
        T read(Row row) throws SQLException;
    }

    Sql(PreparedStatement statement) {
        this.statement = statement;
    }

    Sql begin() {
        at = 0;
        return this;
    }

    Sql id(RunId id) throws SQLException {
        statement.setBytes(++at, bytes(id));
        return this;
    }

    static byte[] bytes(RunId id) {
        return ByteBuffer.allocate(16).putLong(id.high()).putLong(id.low()).array();
    }

    /** A text, a number, bytes or null. */
    Sql value(@Nullable Object value) throws SQLException {
        switch (value) {
            case Long number -> statement.setLong(++at, number);
            case String text -> statement.setString(++at, text);
            case byte[] bytes -> statement.setBytes(++at, bytes);
            case null -> statement.setObject(++at, null);
            default -> throw new IllegalArgumentException("no column is a " + value.getClass());
        }
        return this;
    }

    Sql maybe(@Nullable RunId id) throws SQLException {
        if (id != null) return id(id);
        statement.setObject(++at, null);
        return this;
    }

    Sql uuid(UUID id) throws SQLException {
        return id(RunId.of(id));
    }

    Sql text(@Nullable String text) throws SQLException {
        statement.setString(++at, text);
        return this;
    }

    Sql text(@Nullable Enum<?> constant) throws SQLException {
        return text(constant == null ? null : constant.name());
    }

    Sql number(long number) throws SQLException {
        statement.setLong(++at, number);
        return this;
    }

    Sql number(@Nullable Long number) throws SQLException {
        if (number == null) statement.setObject(++at, null);
        else statement.setLong(++at, number);
        return this;
    }

    Sql instant(@Nullable Instant instant) throws SQLException {
        return number(instant == null ? null : (Long) instant.toEpochMilli());
    }

    /** @return how many rows it has written */
    int update() throws SQLException {
        return statement.executeUpdate();
    }

    <T> List<T> list(Reader<T> reader) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            var all = new ArrayList<T>();
            var row = new Row(rows);
            while (rows.next()) all.add(reader.read(row.begin()));
            return all;
        }
    }

    <T> Optional<T> first(Reader<T> reader) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(reader.read(new Row(rows).begin())) : Optional.empty();
        }
    }

    Optional<String> firstText() throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
        }
    }

    Optional<Instant> firstInstant() throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.ofNullable(new Row(rows).begin().instantOrNull()) : Optional.empty();
        }
    }

    /** A number, 0 if there is no row or the row says null. */
    long single() throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    boolean any() throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next();
        }
    }

    /** A row whose columns are read one after the other. */
    static final class Row {
        private final ResultSet rows;
        private int at;

        Row(ResultSet rows) {
            this.rows = rows;
        }

        Row begin() {
            at = 0;
            return this;
        }

        ResultSet rows() {
            return rows;
        }

        RunId id() throws SQLException {
            var bytes = ByteBuffer.wrap(rows.getBytes(++at));
            return new RunId(bytes.getLong(), bytes.getLong());
        }

        @Nullable
        RunId idOrNull() throws SQLException {
            byte[] bytes = rows.getBytes(++at);
            if (bytes == null) return null;
            var buffer = ByteBuffer.wrap(bytes);
            return new RunId(buffer.getLong(), buffer.getLong());
        }

        String text() throws SQLException {
            return rows.getString(++at);
        }

        @Nullable
        String textOrNull() throws SQLException {
            return rows.getString(++at);
        }

        <E extends Enum<E>> E constant(Class<E> type) throws SQLException {
            return Enum.valueOf(type, text());
        }

        <E extends Enum<E>> @Nullable E constantOrNull(Class<E> type) throws SQLException {
            String name = textOrNull();
            return name == null ? null : Enum.valueOf(type, name);
        }

        long number() throws SQLException {
            return rows.getLong(++at);
        }

        @Nullable
        Long numberOrNull() throws SQLException {
            long number = rows.getLong(++at);
            return number == 0 && rows.wasNull() ? null : (Long) number;
        }

        int integer() throws SQLException {
            return rows.getInt(++at);
        }

        Instant instant() throws SQLException {
            return Instant.ofEpochMilli(number());
        }

        @Nullable
        Instant instantOrNull() throws SQLException {
            long millis = number();
            return millis == 0 && rows.wasNull() ? null : Instant.ofEpochMilli(millis);
        }
    }
}
