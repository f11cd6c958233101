package dev.holdfast.sqlite;

import dev.holdfast.sql.Session;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.sqlite.SQLiteConfig;

/** The file, and how connections to it are set up. */
final class Database {
    static final String FILE = "holdfast.db";

    /** A commit has reached the disk when it is answered. Bigger check-points are fewer; the cache holds the hot pages. */
    private static final String[] FOR_WRITING = {
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        // On macOS a plain fsync leaves data in the drive's cache. It does nothing elsewhere.
        "PRAGMA fullfsync = 1",
        "PRAGMA checkpoint_fullfsync = 1",
        "PRAGMA wal_autocheckpoint = 4000",
        "PRAGMA cache_size = -65536",
        "PRAGMA temp_store = MEMORY",
    };

    private static final String[] FOR_READING = {
        "PRAGMA query_only = 1", "PRAGMA cache_size = -8192", "PRAGMA temp_store = MEMORY",
    };

    private static final String[] FOR_LOOKING = {"PRAGMA cache_size = -8192", "PRAGMA temp_store = MEMORY"};

    private static final String[] SHOWN = {
        "journal_mode", "synchronous", "wal_autocheckpoint", "fullfsync", "cache_size"
    };

    private final Path file;

    Database(Path folder) {
        this(folder, FILE);
    }

    /** One that is not where a ledger is used, such as a backup. */
    Database(Path folder, String name) {
        this.file = folder.resolve(name);
    }

    Path file() {
        return file;
    }

    String url() {
        return "jdbc:sqlite:" + file();
    }

    Session forWriting() throws SQLException {
        return open(new Properties(), FOR_WRITING);
    }

    Session forReading() throws SQLException {
        return open(new Properties(), FOR_READING);
    }

    /** For whoever looks at a ledger that may be another process's: nothing is made, and nothing moved out of its log. */
    Session forLooking() throws SQLException {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        return open(config.toProperties(), FOR_LOOKING);
    }

    private Session open(Properties options, String[] settings) throws SQLException {
        // Otherwise the driver asks for the id of the row after every INSERT.
        options.setProperty("jdbc.get_generated_keys", "false");
        Connection connection = DriverManager.getConnection(url(), options);
        var session = new Session(connection, new SqliteDialect());
        try {
            // Nobody else writes; only a recovery or a last check-point can be in the way, and briefly.
            session.execute("PRAGMA busy_timeout = 5000");
            for (String setting : settings) session.execute(setting);
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    /** What the connection itself says about its durability. */
    static Map<String, String> settings(Session session) throws SQLException {
        var all = new TreeMap<String, String>();
        for (String name : SHOWN) all.put(name, session.ask("PRAGMA " + name));
        all.put("sqlite", session.ask("SELECT sqlite_version()"));
        return Map.copyOf(all);
    }
}
