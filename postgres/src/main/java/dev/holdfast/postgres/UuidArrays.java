package dev.holdfast.postgres;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Arrays of ids as the server keeps them (array_recv in its arrayfuncs.c). The driver sends them as text, which costs the server
 * more to read than it takes to find the rows.
 */
public final class UuidArrays {
    private static final int HEADER = 5 * Integer.BYTES;
    private static final int ID = 2 * Long.BYTES;

    private UuidArrays() {}

    /** A parameter for a statement of this connection. One of somebody else's that hides the driver's, or sends everything as text, gets text. */
    public static Array of(Connection connection, List<? extends @Nullable UUID> ids) throws SQLException {
        if (!connection.isWrapperFor(BaseConnection.class)) return connection.createArrayOf("uuid", ids.toArray());
        var ours = connection.unwrap(BaseConnection.class);
        // Then everything is text of the statement.
        if (ours.getPreferQueryMode() == PreferQueryMode.SIMPLE) return ours.createArrayOf("uuid", ids.toArray());
        return new PgArray(ours, Oid.UUID_ARRAY, bytes(ids));
    }

    private static byte[] bytes(List<? extends @Nullable UUID> ids) {
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
