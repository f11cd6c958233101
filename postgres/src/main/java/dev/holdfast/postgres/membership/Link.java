package dev.holdfast.postgres.membership;

import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.Doorstep;
import dev.holdfast.postgres.session.Use;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A session, with the life of the server that it belongs to: it does not outlive that. For one thread. */
final class Link {
    private final Connection connection;
    private final ServerLife life;
    private final @Nullable Doorstep doorstep;
    private Duration patience = Duration.ZERO;

    private Link(Connection connection, ServerLife life, @Nullable Doorstep doorstep) {
        this.connection = connection;
        this.life = life;
        this.doorstep = doorstep;
    }

    static Link open(Connections connections, Use use) throws SQLException {
        Connection connection = session(connections, use);
        try {
            return new Link(
                    connection,
                    ServerLife.read(connection),
                    use == Use.WATCH ? Doorstep.of(connection).orElse(null) : null);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** The one with the lock is the first that the server ends when this process is killed. */
    private static Connection session(Connections connections, Use use) throws SQLException {
        if (use != Use.HOLD) return connections.open(use);
        try (var _ = Headroom.keep()) {
            return connections.open(use);
        }
    }

    ServerLife life() {
        return life;
    }

    Connection connection() {
        return connection;
    }

    /** Of its server; null if something stands between, or if nobody watches by this session. */
    @Nullable
    Doorstep doorstep() {
        return doorstep;
    }

    /**
     * No statement from now on waits longer for a lock: then it fails, see {@link #isLocked}. The session goes on.
     *
     * @param limit zero for as long as it takes
     */
    Link patient(Duration limit) throws SQLException {
        if (limit.equals(patience)) return this;
        update("SET lock_timeout = " + limit.toMillis());
        patience = limit;
        return this;
    }

    /** Whether the server has answered that somebody else has locked what was asked for. */
    static boolean isLocked(SQLException e) {
        return "55P03".equals(e.getSQLState());
    }

    /** A statement with its parameters. */
    PreparedStatement statement(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
        return statement;
    }

    /** How many rows it changed. */
    int update(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = statement(sql, values)) {
            return statement.executeUpdate();
        }
    }

    /** The number in the first column of the first row; a truth is 1. Zero if there is no row. */
    long number(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = statement(sql, values);
                ResultSet rows = statement.executeQuery()) {
            if (!rows.next()) return 0;
            Object value = rows.getObject(1);
            return value instanceof Boolean truth ? (truth ? 1 : 0) : rows.getLong(1);
        }
    }

    @FunctionalInterface
    interface Work<T> {
        T in(Link link) throws SQLException;
    }

    /** All of it or nothing. */
    <T> T transaction(Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = work.in(this);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            undo(e);
            throw e;
        } finally {
            // A session that broke is made again by whoever is told of the first error.
            if (!connection.isClosed()) connection.setAutoCommit(true);
        }
    }

    private void undo(Exception first) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            first.addSuppressed(e);
        }
    }

    /** From any thread, without waiting for the server. */
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone, which is what was wanted.
            return;
        }
    }
}
