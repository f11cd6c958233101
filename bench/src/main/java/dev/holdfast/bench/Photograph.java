package dev.holdfast.bench;

import dev.holdfast.core.RunId;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All rows that speak of one run, in whichever table, at one moment.
 *
 * @param rows by table and primary key; only columns that are not null
 */
record Photograph(Map<String, Map<List<Object>, Map<String, Object>>> rows) {
    private static final String TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
            + " AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'flyway%' ORDER BY name";

    /** @param place in the primary key, from 1; 0 if it is not part of it */
    private record Column(String name, String type, int place) {}

    static Photograph of(RunId run, Connection connection) throws SQLException {
        var all = new TreeMap<String, Map<List<Object>, Map<String, Object>>>();
        for (String table : tables(connection)) {
            List<Column> columns = columns(table, connection);
            String speaksOfIt = columns.stream()
                    .filter(c -> c.type().equals("BLOB"))
                    .map(c -> c.name() + " = ?1")
                    .collect(Collectors.joining(" OR "));
            if (speaksOfIt.isEmpty()) continue;
            String sql = "SELECT * FROM " + table + " WHERE " + speaksOfIt;
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setBytes(1, bytes(run));
                var rows = rows(statement, columns);
                if (!rows.isEmpty()) all.put(table, rows);
            }
        }
        return new Photograph(all);
    }

    static List<String> tables(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(TABLES)) {
            var names = new ArrayList<String>();
            while (rows.next()) names.add(rows.getString(1));
            return names;
        }
    }

    static List<String> key(String table, Connection connection) throws SQLException {
        return columns(table, connection).stream()
                .filter(c -> c.place() > 0)
                .sorted((a, b) -> Integer.compare(a.place(), b.place()))
                .map(Column::name)
                .toList();
    }

    private static List<Column> columns(String table, Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("PRAGMA table_info(" + table + ")")) {
            var all = new ArrayList<Column>();
            while (rows.next()) all.add(new Column(rows.getString("name"), rows.getString("type"), rows.getInt("pk")));
            return all;
        }
    }

    private static Map<List<Object>, Map<String, Object>> rows(PreparedStatement statement, List<Column> columns)
            throws SQLException {
        var all = new LinkedHashMap<List<Object>, Map<String, Object>>();
        try (var found = statement.executeQuery()) {
            while (found.next()) {
                var row = new LinkedHashMap<String, Object>();
                var key = new ArrayList<Object>();
                for (Column column : columns) {
                    Object value = value(found.getObject(column.name()));
                    if (value == null) continue;
                    row.put(column.name(), value);
                    if (column.place() > 0) key.add(value);
                }
                all.put(key, row);
            }
        }
        return all;
    }

    /** Blobs of 16 bytes are ids here, which can be compared. */
    private static @Nullable Object value(@Nullable Object stored) {
        if (!(stored instanceof byte[] blob)) return stored;
        if (blob.length != 16) throw new IllegalStateException("a blob of " + blob.length + " bytes is no id");
        var buffer = ByteBuffer.wrap(blob);
        return new RunId(buffer.getLong(), buffer.getLong());
    }

    static RunId id(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        return new RunId(buffer.getLong(), buffer.getLong());
    }

    static byte[] bytes(RunId id) {
        return ByteBuffer.allocate(16).putLong(id.high()).putLong(id.low()).array();
    }
}
