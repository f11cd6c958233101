package dev.holdfast.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the database has done, as it says itself, and what the machine says of its processes. */
final class Server implements AutoCloseable {
    private static final List<String> TELLING = List.of(
            "server_version",
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "wal_level",
            "shared_buffers",
            "max_wal_size",
            "checkpoint_timeout",
            "shared_preload_libraries");

    /** Transactions that wrote, by the numbers they were given: exact at once, where statistics are late. */
    private static final String WRITERS = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

    private static final String WAL = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')";

    /** Without what only frames a transaction, and without our own looks. */
    private static final String STATEMENTS = """
            SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
             WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND query !~* '^\\s*(begin|commit|rollback|set|show|start transaction|savepoint|release)\\M'
               AND query !~ 'pg_stat_statements|pg_current_snapshot|pg_wal_lsn_diff'
            """;

    private static final double TICKS = 100;

    private final Connection connection;
    private final boolean counted;
    private final long postmaster;

    private Server(Connection connection, boolean counted, long postmaster) {
        this.connection = connection;
        this.counted = counted;
        this.postmaster = postmaster;
    }

    /** @param postmaster its process, 0 if it is not on this machine */
    static Server of(String url, long postmaster) throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        boolean counted = true;
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
            statement.executeQuery(STATEMENTS).close();
        } catch (SQLException e) {
            counted = false;
        }
        return new Server(connection, counted, postmaster);
    }

    /**
     * @param writers transactions that wrote
     * @param walBytes of the write-ahead log
     * @param statements NaN if nobody counts them
     * @param cpuSeconds of all its processes; NaN if they are elsewhere
     */
    record Counts(double writers, double walBytes, double statements, double cpuSeconds) {
        Counts since(Counts before) {
            return new Counts(
                    writers - before.writers,
                    walBytes - before.walBytes,
                    statements - before.statements,
                    cpuSeconds - before.cpuSeconds);
        }
    }

    Counts counts() throws SQLException {
        return new Counts(
                number(WRITERS),
                number(WAL),
                counted ? number(STATEMENTS) : Double.NaN,
                postmaster == 0 ? Double.NaN : cpu());
    }

    /** So that the log is not full of whole pages for one and not for another. */
    void checkpoint() throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        }
    }

    private double number(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getDouble(1);
        }
    }

    /** Read back from a connection of those that write. */
    static Map<String, String> settings(Connection writing) throws SQLException {
        var all = new LinkedHashMap<String, String>();
        for (String name : TELLING) {
            try (var statement = writing.prepareStatement("SELECT current_setting(?, true)")) {
                statement.setString(1, name);
                try (var row = statement.executeQuery()) {
                    row.next();
                    String value = row.getString(1);
                    if (value != null && !value.isEmpty()) all.put(name, value);
                }
            }
        }
        return all;
    }

    /** Of its processes that live, and of those that have ended, which the first one counts. */
    private double cpu() {
        try (var all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            double seconds = 0;
            for (Path process : all) seconds += cpu(process);
            return seconds;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double cpu(Path process) {
        try {
            String text = Files.readString(process.resolve("stat"));
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            boolean first = process.getFileName().toString().equals(Long.toString(postmaster));
            if (!first && !fields[1].equals(Long.toString(postmaster))) return 0;
            double ticks = Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
            if (first) ticks += Double.parseDouble(fields[13]) + Double.parseDouble(fields[14]);
            return ticks / TICKS;
        } catch (IOException gone) {
            return 0;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
