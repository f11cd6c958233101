package dev.holdfast.postgres.membership;

import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.Gate;
import dev.holdfast.postgres.PgCluster;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.PostgresPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A database with the tables of nodes, and nodes that live in this process or in their own. */
final class Town implements AutoCloseable {
    static final PostgresPorts PORTS = new PostgresPorts(new SystemThreads(), new SystemClock(), new SystemIds());

    private static final String DATABASE = "town";
    private static final String COUNTED = "SELECT stats_reset FROM pg_stat_bgwriter";

    /** A node in this process. */
    record Citizen(Membership membership, Ear ear) {
        long number() {
            return membership.node().number();
        }
    }

    final LocalPostgres server;
    private final String database;
    private final List<AutoCloseable> all = new ArrayList<>();

    private Town(LocalPostgres server, String database, AutoCloseable end) {
        this.server = server;
        this.database = database;
        all.add(end);
        execute("CREATE SCHEMA holdfast");
        execute("SET search_path = holdfast; " + tables());
    }

    /** On the server that all tests share. */
    static Town found() {
        var shared = TestDatabase.fresh();
        return new Town(shared.server(), shared.name(), shared);
    }

    /** On a server of its own, which may be stopped. */
    static Town apart() {
        var server = LocalPostgres.temporary(Settings.standard());
        server.createDatabase(DATABASE);
        return new Town(server, DATABASE, server);
    }

    static String tables() {
        try (var file = PgCluster.class.getResourceAsStream("V2__nodes.sql")) {
            if (file == null) throw new IllegalStateException("V2__nodes.sql is not there");
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return database;
    }

    String url() {
        return server.url(database).toString();
    }

    Connections connections() {
        return Connections.to(url());
    }

    Citizen join() {
        return join(Times.USUAL);
    }

    Citizen join(Times times) {
        return join(times, connections());
    }

    /** By another way than straight to the server. */
    Citizen join(Gate gate) {
        return join(Times.USUAL, Connections.to(url().replace(":" + server.port() + "/", ":" + gate.port() + "/")));
    }

    /** … and by a URL that names another server, too, in case that this one does not let it in. */
    Citizen join(Gate gate, LocalPostgres other) {
        String both = ":" + gate.port() + ",127.0.0.1:" + other.port() + "/";
        String url = url().replace(":" + server.port() + "/", both) + "?connect_timeout=2";
        return join(Times.USUAL, Connections.to(url));
    }

    private Citizen join(Times times, Connections connections) {
        var ear = new Ear();
        var membership =
                Membership.join(new Membership.Table(connections, PORTS, times), new Newcomer("here", "", 1, 1), ear);
        all.add(membership);
        return new Citizen(membership, ear);
    }

    /** A node in a process of its own, which has joined. */
    Outsider outside(Times times) {
        Outsider outsider = start(times);
        outsider.until("joined");
        return outsider;
    }

    /** … which is about to join. */
    Outsider start(Times times) {
        var outsider = Outsider.begin(url(), times);
        all.add(outsider);
        return outsider;
    }

    /** How many nodes have their locks, all taken in this life of the server. */
    long locks() {
        return Long.parseLong(String.valueOf(ask("SELECT count(*) FROM holdfast.nodes n JOIN pg_locks l ON l.objid ="
                + " n.number AND l.granted AND l.locktype = 'advisory' WHERE n.server_started ="
                + " (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint")));
    }

    void execute(String sql) {
        try (Connection session = DriverManager.getConnection(server.jdbcUrl(database));
                var statement = session.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** Whether new sessions are let in; those that are there stay. */
    void admit(String all) {
        server.query("postgres", "ALTER DATABASE " + database + " ALLOW_CONNECTIONS " + all);
    }

    /** What is different after a crash of the server. Before PostgreSQL 15 it takes a moment until it can be seen. */
    void crashed() {
        String before = ask(COUNTED);
        execute("SELECT pg_stat_reset_shared('bgwriter')");
        await("the statistics begin anew")
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> !Objects.equals(before, ask(COUNTED)));
    }

    /** The first value of the answer, as text. */
    @Nullable
    String ask(String sql) {
        return server.query(database, sql).getFirst().getFirst();
    }

    /** Sends a signal to some process. */
    static void signal(String name, long pid) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                    .start()
                    .waitFor();
            if (status != 0) throw new IllegalStateException("kill -" + name + " " + pid + ": " + status);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends all sessions of a node but the one with its lock. */
    void endOthersThanHold(long number) {
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast/" + number
                + "' AND datname = current_database() AND pid NOT IN (" + holder(number) + ")");
    }

    /** Ends the session with the lock of this node. */
    void endHold(long number) {
        execute("SELECT pg_terminate_backend(pid) FROM (" + holder(number) + ") h");
    }

    private static String holder(long number) {
        return "SELECT pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE datname = current_database()"
                + " AND locktype = 'advisory' AND granted AND objid = " + number;
    }

    /** A session that is named like this node, has its lock and its row, and does nothing more. */
    Connection ghost(long number) throws SQLException {
        Connection session = connections().named(number).open();
        all.add(session);
        try (var statement = session.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(lock_class, " + number + ") FROM cluster");
            ServerLife life = ServerLife.read(session);
            statement.execute("INSERT INTO nodes VALUES (" + number + ", 1, 'ghost', '', " + life.system() + ", "
                    + life.timeline() + ", " + life.started() + ", " + life.counted() + ", 98, 99, 0)");
        }
        return session;
    }

    /** Whatever one node says to another is counted and forgotten. */
    void hushed() {
        execute("ALTER FUNCTION pg_catalog.pg_notify(text, text) RENAME TO pg_notify_heard; CREATE SEQUENCE unheard;"
                + " CREATE FUNCTION pg_catalog.pg_notify(text, text) RETURNS void LANGUAGE sql"
                + " AS 'SELECT nextval(''public.unheard'')'");
    }

    /** How much was said and forgotten. */
    long unheard() {
        return Long.parseLong(String.valueOf(ask("SELECT last_value FROM unheard WHERE is_called")));
    }

    /** Whether it is written down that this node is dead. */
    boolean buried(long number) {
        return !server.query(database, "SELECT 1 FROM holdfast.takeovers WHERE number = " + number)
                .isEmpty();
    }

    /** Whether somebody waits for the lock of this node. */
    boolean isWaitedFor(long number) {
        return !"0"
                .equals(ask("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                        + " WHERE NOT l.granted AND l.locktype = 'advisory' AND l.objid = " + number
                        + " AND a.datname = current_database()"));
    }

    /** Whether the one waits for the lock of the other. */
    boolean waits(Object who, long whom) {
        return "1"
                .equals(ask("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                        + " WHERE NOT l.granted AND l.objid = " + whom + " AND a.application_name = 'holdfast/" + who
                        + "' AND a.datname = current_database()"));
    }

    List<Long> numbers() {
        return server.query(database, "SELECT number FROM holdfast.nodes ORDER BY 1").stream()
                .map(row -> Long.valueOf(String.valueOf(row.getFirst())))
                .toList();
    }

    void untilAlive(Long... numbers) {
        await("alive: " + List.of(numbers))
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> numbers().equals(Stream.of(numbers).sorted().toList()));
    }

    @Override
    public void close() {
        for (AutoCloseable each : all.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
