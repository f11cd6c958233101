package dev.holdfast.postgres.session;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.StringJoiner;
import javax.sql.DataSource;
import org.postgresql.PGProperty;
import org.postgresql.core.BaseConnection;

/**
 * The one place where sessions are made, each with everything that the URL says and what makes the death of a node end them:
 *
 * <ul>
 *   <li>its name, {@code holdfast/NUMBER}, by which others find all sessions of a dead node;
 *   <li>keep-alives and {@code tcp_user_timeout}: the server ends a session whose client is gone in five to seven seconds, and
 *       not sooner (a node that is cut off has stopped by itself then);
 *   <li>{@code client_connection_check_interval}: also while it executes something;
 *   <li>{@code idle_in_transaction_session_timeout}: a client that is stopped in the middle of a transaction keeps its locks for
 *       five seconds.
 * </ul>
 *
 * <p>No pool: whoever opens a session closes it.
 */
public final class Connections {
    /** Where all tables are. */
    public static final String SCHEMA = "holdfast";

    private static final String NAME = "holdfast/";

    private final DatabaseUrl url;
    private final String name;
    private final boolean seesClientsGo;

    private Connections(DatabaseUrl url, String name, boolean seesClientsGo) {
        this.url = url;
        this.name = name;
        this.seesClientsGo = seesClientsGo;
    }

    /**
     * Looks whether the database can be used.
     *
     * @param database {@code postgres://user:password@host:port/database?…} as of libpq, or {@code jdbc:postgresql://…}
     * @throws Refused {@code database_url}; {@code database_unreachable}, {@code database_tls}, {@code database_login},
     *     {@code database_missing}, {@code database_connections} if no session can be had; {@code database_pooler},
     *     {@code database_version}, {@code database_is_replica}, {@code database_rights}, {@code database_setting} if it is
     *     not fit; {@code database_failed} if it refuses what it is asked for that
     */
    public static Connections to(String database) throws HoldfastException {
        var url = DatabaseUrl.parse(database);
        url.demandPrimary();
        var unnamed = new Connections(url, NAME + "booting", false);
        try {
            boolean seesClientsGo = new BootChecks(url, unnamed::bare).pass();
            return new Connections(url, unnamed.name, seesClientsGo);
        } catch (SQLException e) {
            throw ConnectTrouble.atBoot(e, url);
        }
    }

    /** Not looked at: for a server that need not be there, of which {@link #trouble} says what is wrong. */
    public static Connections unchecked(String url) throws HoldfastException {
        return new Connections(DatabaseUrl.parse(url), NAME + "booting", false);
    }

    /** The same for sessions of the node with this number. */
    public Connections named(long number) {
        return new Connections(url, nameOf(number), seesClientsGo);
    }

    /** A session of the ledger's. In autocommit mode, READ COMMITTED; {@code search_path} is the schema of Holdfast. */
    public Connection open() throws SQLException {
        return open(Use.ORDINARY);
    }

    /** The address, database and user, without a password. */
    public String shown() {
        return url.shown();
    }

    /** Whether a server that cannot show who it is gets no session. */
    public boolean verifies() {
        return url.verifies();
    }

    /** What all sessions of a node are called. */
    public static String nameOf(long number) {
        return NAME + number;
    }

    /** A session for this use, with the same settings otherwise. */
    public Connection open(Use use) throws SQLException {
        Connection connection = bare();
        try {
            set(connection, settings(use));
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(use.answer.toMillis()));
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * A session for one quick question, which is let in as quickly as can be: nothing is set.
     *
     * @param other a session of the server that is asked, whatever others the URL names
     */
    public Connection visit(Connection other) throws SQLException {
        return bare(DatabaseUrl.jdbc(
                other.unwrap(BaseConnection.class).getQueryExecutor().getHostSpec()));
    }

    /** As it was when it was opened, whatever user code has done with it. In autocommit mode. */
    public void renew(Connection connection, Use use) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("DISCARD ALL");
        }
        set(connection, settings(use));
    }

    /** What an error of opening a session means, for whoever cannot go on without it. */
    public HoldfastException trouble(SQLException e) {
        return ConnectTrouble.atBoot(e, url);
    }

    /** Whether this is of a server that is not there at the moment, and of nothing that somebody must change. */
    public static boolean mayPass(HoldfastException trouble) {
        return ConnectTrouble.PASSING.contains(trouble.code());
    }

    /** For a library that wants to make its sessions itself. */
    public DataSource source() {
        return new SessionSource(this);
    }

    private Connection bare() throws SQLException {
        return bare(url.jdbc());
    }

    private Connection bare(String servers) throws SQLException {
        Properties all = url.settings();
        all.setProperty(PGProperty.APPLICATION_NAME.getName(), name);
        // Its name is then part of the question to be let in, and not a question of its own.
        all.setProperty(PGProperty.ASSUME_MIN_SERVER_VERSION.getName(), "" + BootChecks.OLDEST);
        all.setProperty(PGProperty.TCP_KEEP_ALIVE.getName(), "true");
        String login = Integer.toString(url.loginSeconds());
        all.setProperty(PGProperty.CONNECT_TIMEOUT.getName(), login);
        // Until the session is there; then it is what the use says.
        all.setProperty(PGProperty.SOCKET_TIMEOUT.getName(), login);
        return DriverManager.getConnection(servers, all);
    }

    /** The roles or the database may have other defaults for all of these. */
    private Map<String, String> settings(Use use) {
        var all = new LinkedHashMap<String, String>();
        all.put("search_path", SCHEMA);
        all.put("tcp_keepalives_idle", "4");
        all.put("tcp_keepalives_interval", "1");
        all.put("tcp_keepalives_count", "2");
        all.put("tcp_user_timeout", "5500");
        if (seesClientsGo) all.put("client_connection_check_interval", "1000");
        all.put("idle_in_transaction_session_timeout", "5000");
        all.put("idle_session_timeout", "0");
        all.put("default_transaction_isolation", "read committed");
        all.put("default_transaction_read_only", "off");
        all.put("synchronous_commit", use.durable ? "on" : "off");
        if (use != Use.ORDINARY) all.put("statement_timeout", "0");
        // One session of a migration waits in a transaction for what another one does.
        if (use == Use.MIGRATION) all.put("idle_in_transaction_session_timeout", "0");
        if (use == Use.LENT) lent(all);
        return all;
    }

    /** What user code finds is what the role and the URL say, and what ends it is the end of its step, or of the node. */
    private void lent(Map<String, String> all) {
        all.remove("search_path");
        all.remove("statement_timeout");
        all.put("idle_in_transaction_session_timeout", "0");
        // By this it is found when the node is dead, whatever user code has called it.
        all.put("application_name", name);
    }

    /** In one round trip. */
    private static void set(Connection connection, Map<String, String> settings) throws SQLException {
        var calls = new StringJoiner(", ", "SELECT ", "");
        settings.keySet().forEach(any -> calls.add("set_config(?, ?, false)"));
        try (PreparedStatement statement = connection.prepareStatement(calls.toString())) {
            int i = 1;
            for (var setting : settings.entrySet()) {
                statement.setString(i++, setting.getKey());
                statement.setString(i++, setting.getValue());
            }
            statement.execute();
        }
    }
}
