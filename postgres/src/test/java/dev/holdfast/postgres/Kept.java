package dev.holdfast.postgres;

import dev.holdfast.sql.Session;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Sessions that outlive the stores of a contract: each of its tests would make half a dozen of them, and wait for servers'
 * processes that know no table yet. The newest come first. What was cut off is not used again, nor is what was left in the middle of
 * a transaction; that a server has ended a session is only found by whoever uses it.
 */
final class Kept implements Sessions {
    private final Sessions fresh;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    Kept(Sessions fresh) {
        this.fresh = fresh;
    }

    @Override
    public Session open() throws SQLException {
        Connection connection = idle.pollFirst();
        return new Session(lent(connection != null ? connection : fresh.open().connection()), new PgDialect());
    }

    /** It is whoever's who opens it until he closes it, which the connection itself does not hear of. */
    private Connection lent(Connection connection) {
        var statements = new ConcurrentLinkedQueue<Statement>();
        var closed = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                Kept.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("isClosed")) return closed.get() || connection.isClosed();
                    if (method.getName().equals("close")) {
                        if (closed.compareAndSet(false, true)) giveBack(connection, List.copyOf(statements));
                        return null;
                    }
                    if (closed.get() && method.getDeclaringClass() != Object.class)
                        throw new SQLException("this session was closed");
                    Object answer = invoke(method, connection, args);
                    if (answer instanceof Statement statement) statements.add(statement);
                    return answer;
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
            if (isAtRest(connection)) idle.addFirst(connection);
            else connection.close();
        } catch (SQLException e) {
            connection.close();
        }
    }

    /** A reader's transaction begins and ends with statements: the driver's commit knows nothing of it. */
    private static boolean isAtRest(Connection connection) throws SQLException {
        return connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.IDLE;
    }
}
