package dev.holdfast.sql;

import dev.holdfast.core.RunId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares {@code uuid}s byte by byte, which is the order of ids. Its planner takes no advice. */
final class PostgresDialect implements Dialect {
    private static final Pattern HINT = Pattern.compile(" INDEXED BY \\w+");

    @Override
    public String statement(String shared) {
        return HINT.matcher(shared).replaceAll("");
    }

    @Override
    public void bind(PreparedStatement statement, int at, RunId id) throws SQLException {
        statement.setObject(at, id.uuid());
    }

    @Override
    public @Nullable RunId read(ResultSet rows, int at) throws SQLException {
        UUID uuid = rows.getObject(at, UUID.class);
        return uuid == null ? null : RunId.of(uuid);
    }
}
