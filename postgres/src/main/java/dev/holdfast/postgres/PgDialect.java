package dev.holdfast.postgres;

import dev.holdfast.core.RunId;
import dev.holdfast.sql.Dialect;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/** Compares {@code uuid}s byte by byte, which is the order of ids. Its planner takes no advice: hints are left out. */
final class PgDialect implements Dialect {
    private static final Pattern HINT = Pattern.compile(" INDEXED BY \\w+");
    private static final int HEADER = 5 * Integer.BYTES;
    private static final int ID = 2 * Long.BYTES;

    @Override
    public String statement(String shared) {
        return HINT.matcher(shared).replaceAll("");
    }

    /** The index of {@code run_payloads} that fits is found by what is demanded. */
    @Override
    public String newestFirst(String index) {
        return "run_payloads p CROSS JOIN runs r"
                + " WHERE r.id = p.run AND p.task = r.task AND p.namespace = ? AND p.run < ?";
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

    /**
     * The driver sends an array of ids as text, which costs the server more to read than it takes to find the rows. So it is given
     * to it as the server keeps it (array_recv in the server's arrayfuncs.c); a connection of somebody else's that hides the
     * driver's sends text.
     */
    @Override
    public Array uuids(Connection connection, List<@Nullable UUID> ids) throws SQLException {
        if (!connection.isWrapperFor(BaseConnection.class)) return Dialect.super.uuids(connection, ids);
        return new PgArray(connection.unwrap(BaseConnection.class), Oid.UUID_ARRAY, bytes(ids));
    }

    private static byte[] bytes(List<@Nullable UUID> ids) {
        var bytes = ByteBuffer.allocate(HEADER + ids.size() * (Integer.BYTES + ID));
        bytes.putInt(ids.isEmpty() ? 0 : 1); // dimensions
        bytes.putInt(ids.stream().anyMatch(Objects::isNull) ? 1 : 0);
        bytes.putInt(Oid.UUID);
        if (!ids.isEmpty()) bytes.putInt(ids.size()).putInt(1); // the first index
        for (UUID id : ids) {
            if (id == null) {
                bytes.putInt(-1);
            } else {
                bytes.putInt(ID);
                bytes.putLong(id.getMostSignificantBits());
                bytes.putLong(id.getLeastSignificantBits());
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
