package dev.holdfast.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** A connection with the statements that were prepared on it. For one thread at a time. */
public final class Session implements AutoCloseable {
    private final Connection connection;
    private final Dialect dialect;
    private final Map<String, Sql> prepared = new HashMap<>();

    /** The connection is the session's from now on. */
    public Session(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** The statement, prepared at its first use. Two uses of the same one do not overlap. */
    public Sql sql(String text) throws SQLException {
        Sql sql = prepared.get(text);
        if (sql == null) {
            sql = new Sql(connection.prepareStatement(dialect.statement(text)), dialect);
            prepared.put(text, sql);
        }
        return sql.begin();
    }

    Dialect dialect() {
        return dialect;
    }

    /** Executes something that is not worth preparing. */
    public void execute(String text) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    /** The first column of the first row, as text; empty for no row. */
    public String ask(String text) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(text)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    /** Closes the statements; the connection stays open, for whoever it belongs to. */
    public void forget() throws SQLException {
        for (Sql each : prepared.values()) each.close();
        prepared.clear();
    }

    /** What the driver knows, for what only it can do. */
    public Connection connection() {
        return connection;
    }

    /** From any thread, without waiting for anybody: whoever is at it fails, and nothing is said or heard on it any more. */
    public void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone, which is what was wanted.
            return;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
