package dev.holdfast.postgres;

import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database with the tables of nodes, and nodes that live in this process or in their own. */
final class Town implements AutoCloseable {
    static final PostgresPorts PORTS = new PostgresPorts(new SystemThreads(), new SystemClock(), new SystemIds());

    private static final String DATABASE = "town";

    /** A node in this process. */
    record Citizen(Membership membership, Ear ear) {
        long number() {
            return membership.node().number();
        }
    }

    final LocalPostgres server;
    private final List<AutoCloseable> all = new ArrayList<>();

    private Town(LocalPostgres server) {
        this.server = server;
    }

    static Town found() {
        return found(Settings.standard());
    }

    static Town found(Settings settings) {
        var town = new Town(LocalPostgres.temporary(settings));
        town.server.createDatabase(DATABASE);
        town.execute("CREATE SCHEMA holdfast");
        town.execute("SET search_path = holdfast; " + tables());
        return town;
    }

    static String tables() {
        try (var file = Membership.class.getResourceAsStream("V2__nodes.sql")) {
            if (file == null) throw new IllegalStateException("V2__nodes.sql is not there");
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return server.url(DATABASE).toString();
    }

    Connections connections() {
        return Connections.to(new PostgresOptions(url()));
    }

    Citizen join() {
        return join(Times.USUAL);
    }

    Citizen join(Times times) {
        var ear = new Ear();
        var membership =
                Membership.join(new Membership.Table(connections(), PORTS, times), new Newcomer("here", "", 1, 1), ear);
        all.add(membership);
        return new Citizen(membership, ear);
    }

    /** A node in a process of its own, which has joined. */
    Outsider outside(Times times) {
        var outsider = Outsider.begin(url(), times);
        all.add(outsider);
        return outsider;
    }

    void execute(String sql) {
        try (Connection session = DriverManager.getConnection(server.jdbcUrl(DATABASE));
                var statement = session.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** The first value of the answer, as text. */
    @Nullable
    String ask(String sql) {
        return server.query(DATABASE, sql).getFirst().getFirst();
    }

    /** Ends the sessions of a node that do such a thing: {@code hold}, {@code watch} … as their last statement tells. */
    void endSession(long number, String query) {
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast/" + number
                + "' AND query LIKE '" + query + "'");
    }

    /** The session with the lock of this node. */
    void endHold(long number) {
        execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = "
                + number);
    }

    List<Long> numbers() {
        return server.query(DATABASE, "SELECT number FROM holdfast.nodes ORDER BY 1").stream()
                .map(row -> Long.valueOf(String.valueOf(row.getFirst())))
                .toList();
    }

    void untilAlive(Long... numbers) {
        await("alive: " + List.of(numbers))
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> numbers().equals(List.of(numbers)));
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
        server.close();
    }
}
