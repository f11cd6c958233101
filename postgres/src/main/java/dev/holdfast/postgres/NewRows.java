package dev.holdfast.postgres;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Writes new rows of a table. A few are one INSERT, which is prepared and costs one round trip. Many are a
 * <a href="https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT">binary COPY</a>: two round trips, and
 * for each row about half of what it costs the server to take arrays apart.
 */
final class NewRows {
    private static final int MANY = 32;
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};

    private NewRows() {}

    static void write(Transaction tx, Table table, Columns rows) throws SQLException {
        if (rows.isEmpty()) return;
        if (rows.size() < MANY) rows.in(tx.sql(table.insert())).update();
        else copy(tx, table, rows);
    }

    private static void copy(Transaction tx, Table table, Columns rows) throws SQLException {
        byte[] bytes = bytes(rows);
        var copy = tx.session()
                .connection()
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(table.copy());
        try {
            copy.writeToCopy(bytes, 0, bytes.length);
            copy.endCopy();
        } finally {
            if (copy.isActive()) copy.cancelCopy();
        }
    }

    private static byte[] bytes(Columns rows) {
        var bytes = new ByteArrayOutputStream(rows.size() * 256);
        try (var out = new DataOutputStream(bytes)) {
            out.write(SIGNATURE);
            out.writeInt(0); // no flags
            out.writeInt(0); // no extension
            for (int row = 0; row < rows.size(); row++) {
                out.writeShort(rows.types().size());
                for (int column = 0; column < rows.types().size(); column++) {
                    value(out, rows.types().get(column), rows.at(row, column));
                }
            }
            out.writeShort(-1);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private static void value(DataOutputStream out, Columns.Type type, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeInt(-1);
            return;
        }
        switch (value) {
            case UUID id -> {
                out.writeInt(type.bytes());
                out.writeLong(id.getMostSignificantBits());
                out.writeLong(id.getLeastSignificantBits());
            }
            case Long number -> {
                out.writeInt(type.bytes());
                switch (type) {
                    case SMALL -> out.writeShort(Math.toIntExact(number));
                    case INTEGER -> out.writeInt(Math.toIntExact(number));
                    case NUMBER, UUID, TEXT -> out.writeLong(number);
                }
            }
            case String text -> {
                byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                out.writeInt(encoded.length);
                out.write(encoded);
            }
            default -> throw new IllegalArgumentException("no column is a " + value.getClass());
        }
    }
}
