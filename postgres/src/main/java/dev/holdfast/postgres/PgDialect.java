package dev.holdfast.postgres;

import dev.holdfast.core.RunId;
import dev.holdfast.sql.Dialect;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares {@code uuid}s byte by byte, which is the order of ids. Its planner takes no advice: hints are left out. */
final class PgDialect implements Dialect {
    private static final Pattern HINT = Pattern.compile(" INDEXED BY \\w+");

    @Override
    public String statement(String shared) {
        return HINT.matcher(shared).replaceAll("");
    }

    /**
     * The index of {@code run_payloads} that fits is found by what is demanded. The planner may begin with either table, and
     * knows of the one only what is said of it: both are bounded.
     */
    @Override
    public Walk newestFirst(String index) {
        return new Walk(
                "run_payloads p CROSS JOIN runs r WHERE r.id = p.run AND p.task = r.task"
                        + " AND p.namespace = ? AND p.run < ? AND r.id < ?",
                2);
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

    @Override
    public Array uuids(Connection connection, List<@Nullable UUID> ids) throws SQLException {
        return UuidArrays.of(connection, ids);
    }
}
