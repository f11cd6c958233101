package dev.holdfast.postgres;

import dev.holdfast.sql.Session;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sessions that outlive the stores of a contract: each of its tests would make half a dozen of them, and wait for servers'
 * processes that know no table yet. What has ended, or was cut off, is not used again.
 */
final class Kept implements Sessions {
    private final Sessions fresh;
    private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();

    Kept(Sessions fresh) {
        this.fresh = fresh;
    }

    @Override
    public Session open() throws SQLException {
        Connection connection = idle.poll();
        return new Session(lent(connection != null ? connection : fresh.open().connection()), new PgDialect());
    }

    /** It is whoever's who opens it until he closes it, which the connection itself does not hear of. */
    private Connection lent(Connection connection) {
        var statements = new ConcurrentLinkedQueue<Statement>();
        var closed = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                Kept.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "close" -> {
                            if (closed.compareAndSet(false, true)) giveBack(connection, List.copyOf(statements));
                            return null;
                        }
                        case "isClosed" -> {
                            return closed.get() || connection.isClosed();
                        }
                        default -> {
                            if (closed.get()) throw new SQLException("this session was closed");
                            Object answer = invoke(method, connection, args);
                            if (answer instanceof Statement statement) statements.add(statement);
                            return answer;
                        }
                    }
                });
    }

    private static Object invoke(Method method, Connection connection, Object[] args) throws Throwable {
        try {
            return method.invoke(connection, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void giveBack(Connection connection, List<Statement> statements) throws SQLException {
        if (connection.isClosed()) return;
        try {
            for (Statement statement : statements) statement.close();
            if (!connection.getAutoCommit()) connection.rollback();
            idle.add(connection);
        } catch (SQLException e) {
            connection.close();
        }
    }
}
