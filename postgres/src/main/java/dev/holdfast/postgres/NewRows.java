package dev.holdfast.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.util.ByteStreamWriter;

/**
 * Writes new rows of a table. A few are one INSERT, which is prepared and costs one round trip. Many are a
 * <a href="https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT">binary COPY</a>: two round trips, and
 * for each row about half of what it costs the server to take arrays apart.
 */
final class NewRows {
    private static final int MANY = 32;
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    /** What comes before the rows and after them; of a value, what says how long it is; and what most rows need. */
    private static final int FRAME = 32;

    private static final int LENGTH = Integer.BYTES;
    private static final int A_ROW = 512;

    private NewRows() {}

    static void write(Transaction tx, Table table, Columns rows) throws SQLException {
        if (rows.isEmpty()) return;
        if (rows.size() < MANY) rows.in(tx.sql(table.insert())).update();
        else copy(tx, table, rows);
    }

    /** What no row says is not sent. A COPY is never prepared, so that it does not matter how many of them there are. */
    private static void copy(Transaction tx, Table table, Columns rows) throws SQLException {
        List<Integer> filled = IntStream.range(0, rows.types().size())
                .filter(rows::isFilled)
                .boxed()
                .toList();
        var copy = tx.session()
                .connection()
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(table.copy(filled));
        try {
            copy.writeToCopy(ByteStreamWriter.of(bytes(rows.only(filled))));
            copy.endCopy();
        } finally {
            if (copy.isActive()) copy.cancelCopy();
        }
    }

    private static ByteBuffer bytes(Columns rows) {
        var bytes = ByteBuffer.allocate(FRAME + rows.size() * A_ROW);
        bytes.put(SIGNATURE).putInt(0 /* no flags */).putInt(0 /* no extension */);
        for (int row = 0; row < rows.size(); row++) {
            bytes = room(bytes, Short.BYTES).putShort((short) rows.types().size());
            for (int column = 0; column < rows.types().size(); column++) {
                bytes = value(bytes, rows.types().get(column), rows.at(row, column));
            }
        }
        return room(bytes, Short.BYTES).putShort((short) -1).flip();
    }

    private static ByteBuffer room(ByteBuffer bytes, int more) {
        if (bytes.remaining() >= more) return bytes;
        return ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.position() + more))
                .put(bytes.flip());
    }

    private static ByteBuffer value(ByteBuffer bytes, Columns.Type type, @Nullable Object value) {
        return switch (value) {
            case null -> room(bytes, LENGTH).putInt(-1);
            case String text -> {
                byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                yield room(bytes, LENGTH + encoded.length)
                        .putInt(encoded.length)
                        .put(encoded);
            }
            case Long number -> {
                var roomy = room(bytes, LENGTH + type.bytes()).putInt(type.bytes());
                yield switch (type) {
                    case SMALL -> roomy.putShort((short) Math.toIntExact(number));
                    case INTEGER -> roomy.putInt(Math.toIntExact(number));
                    case NUMBER, UUID, TEXT -> roomy.putLong(number);
                };
            }
            case UUID id ->
                room(bytes, LENGTH + type.bytes())
                        .putInt(type.bytes())
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits());
            default -> throw new IllegalArgumentException("no column is a " + value.getClass());
        };
    }
}
