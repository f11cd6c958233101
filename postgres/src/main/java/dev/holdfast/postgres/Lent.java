package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that is lent to the body of a step: it can do all that a connection can, except ending the transaction, which is
 * the step's, and the session, which is Holdfast's. When the body has been left it is of no use any more, nor are its statements.
 */
final class Lent implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Lent.class);

    private final Connection connection;
    private final Queue<Statement> statements = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    Lent(Connection connection) {
        this.connection = connection;
    }

    /** The body has been left. */
    void end() {
        over = true;
        for (Statement each : statements) {
            try {
                each.close();
            } catch (SQLException e) {
                LOG.debug("a statement of user code could not be closed", e);
            }
        }
    }

    private Connection open() throws SQLException {
        if (!over) return connection;
        throw new SQLException(
                "this connection was lent to the body of a step, which has been left: use it there, and nowhere else",
                "08003");
    }

    private <S extends Statement> S kept(S statement) {
        statements.add(statement);
        return statement;
    }

    private static Refused notYours(String call) {
        return new Refused(
                "transaction_not_yours",
                call
                        + " was called on the connection of ctx.transaction(…), whose transaction ends with its body: return to"
                        + " commit, throw to roll back, and use a savepoint to undo a part");
    }

    @Override
    public void commit() {
        throw notYours("commit()");
    }

    @Override
    public void rollback() {
        throw notYours("rollback()");
    }

    @Override
    public void close() {
        throw notYours("close()");
    }

    @Override
    public void abort(Executor executor) {
        throw notYours("abort()");
    }

    @Override
    public void setAutoCommit(boolean on) {
        if (on) throw notYours("setAutoCommit(true)");
    }

    @Override
    public boolean getAutoCommit() {
        return false;
    }

    @Override
    public void setReadOnly(boolean on) {
        if (on) throw notYours("setReadOnly(true)");
    }

    /** It has begun, so this is too late for the driver, and not for the database. */
    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        if (level == open().getTransactionIsolation()) return;
        throw new Refused(
                "transaction_not_yours",
                "setTransactionIsolation() was called on the connection of ctx.transaction(…), whose transaction has begun:"
                        + " execute SET TRANSACTION ISOLATION LEVEL … as its first statement");
    }

    @Override
    public void setNetworkTimeout(Executor executor, int millis) {
        throw notYours("setNetworkTimeout()");
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        throw notYours("setClientInfo()");
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        throw notYours("setClientInfo()");
    }

    @Override
    public boolean isClosed() throws SQLException {
        return over || connection.isClosed();
    }

    /** The driver's own interfaces, for what only it can do; but not the connection without this around it. */
    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : open().unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || open().isWrapperFor(type);
    }

    @Override
    public Statement createStatement() throws SQLException {
        return kept(open().createStatement());
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        return kept(open().prepareStatement(sql));
    }

    @Override
    public CallableStatement prepareCall(String sql) throws SQLException {
        return kept(open().prepareCall(sql));
    }

    @Override
    public String nativeSQL(String sql) throws SQLException {
        return open().nativeSQL(sql);
    }

    @Override
    public DatabaseMetaData getMetaData() throws SQLException {
        return open().getMetaData();
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        return open().isReadOnly();
    }

    @Override
    public void setCatalog(String catalog) throws SQLException {
        open().setCatalog(catalog);
    }

    @Override
    public String getCatalog() throws SQLException {
        return open().getCatalog();
    }

    @Override
    public int getTransactionIsolation() throws SQLException {
        return open().getTransactionIsolation();
    }

    @Override
    public @Nullable SQLWarning getWarnings() throws SQLException {
        return open().getWarnings();
    }

    @Override
    public void clearWarnings() throws SQLException {
        open().clearWarnings();
    }

    @Override
    public Statement createStatement(int type, int concurrency) throws SQLException {
        return kept(open().createStatement(type, concurrency));
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency) throws SQLException {
        return kept(open().prepareStatement(sql, type, concurrency));
    }

    @Override
    public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
        return kept(open().prepareCall(sql, type, concurrency));
    }

    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        return open().getTypeMap();
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        open().setTypeMap(map);
    }

    @Override
    public void setHoldability(int holdability) throws SQLException {
        open().setHoldability(holdability);
    }

    @Override
    public int getHoldability() throws SQLException {
        return open().getHoldability();
    }

    @Override
    public Savepoint setSavepoint() throws SQLException {
        return open().setSavepoint();
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        return open().setSavepoint(name);
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        open().rollback(savepoint);
    }

    @Override
    public void releaseSavepoint(Savepoint savepoint) throws SQLException {
        open().releaseSavepoint(savepoint);
    }

    @Override
    public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
        return kept(open().createStatement(type, concurrency, holdability));
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
            throws SQLException {
        return kept(open().prepareStatement(sql, type, concurrency, holdability));
    }

    @Override
    public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability) throws SQLException {
        return kept(open().prepareCall(sql, type, concurrency, holdability));
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int keys) throws SQLException {
        return kept(open().prepareStatement(sql, keys));
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int[] columns) throws SQLException {
        return kept(open().prepareStatement(sql, columns));
    }

    @Override
    public PreparedStatement prepareStatement(String sql, String[] columns) throws SQLException {
        return kept(open().prepareStatement(sql, columns));
    }

    @Override
    public Clob createClob() throws SQLException {
        return open().createClob();
    }

    @Override
    public Blob createBlob() throws SQLException {
        return open().createBlob();
    }

    @Override
    public NClob createNClob() throws SQLException {
        return open().createNClob();
    }

    @Override
    public SQLXML createSQLXML() throws SQLException {
        return open().createSQLXML();
    }

    @Override
    public boolean isValid(int seconds) throws SQLException {
        return open().isValid(seconds);
    }

    @Override
    public String getClientInfo(String name) throws SQLException {
        return open().getClientInfo(name);
    }

    @Override
    public Properties getClientInfo() throws SQLException {
        return open().getClientInfo();
    }

    @Override
    public Array createArrayOf(String type, Object[] elements) throws SQLException {
        return open().createArrayOf(type, elements);
    }

    @Override
    public Struct createStruct(String type, Object[] attributes) throws SQLException {
        return open().createStruct(type, attributes);
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        open().setSchema(schema);
    }

    @Override
    public String getSchema() throws SQLException {
        return open().getSchema();
    }

    @Override
    public int getNetworkTimeout() throws SQLException {
        return open().getNetworkTimeout();
    }
}
