package dev.holdfast.sqlite;

import dev.holdfast.core.RunId;
import dev.holdfast.sql.Dialect;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Has no type for ids: they are 16 bytes, in the order of their text. The hints of statements are followed. */
final class SqliteDialect implements Dialect {
    @Override
    public String statement(String shared) {
        return shared;
    }

    @Override
    public Walk newestFirst(String index) {
        return new Walk("runs r INDEXED BY " + index + " WHERE r.namespace = ? AND r.id < ?", 1);
    }

    @Override
    public void bind(PreparedStatement statement, int at, RunId id) throws SQLException {
        statement.setBytes(
                at, ByteBuffer.allocate(16).putLong(id.high()).putLong(id.low()).array());
    }

    @Override
    public @Nullable RunId read(ResultSet rows, int at) throws SQLException {
        byte[] bytes = rows.getBytes(at);
        if (bytes == null) return null;
        var buffer = ByteBuffer.wrap(bytes);
        return new RunId(buffer.getLong(), buffer.getLong());
    }

    @Override
    public Array uuids(Connection connection, List<@Nullable UUID> ids) throws SQLException {
        throw new SQLFeatureNotSupportedException("SQLite has no arrays");
    }
}
