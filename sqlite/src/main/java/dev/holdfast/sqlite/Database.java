package dev.holdfast.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

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

    private static final String[] SHOWN = {
        "journal_mode", "synchronous", "wal_autocheckpoint", "fullfsync", "cache_size"
    };

    private final Path folder;

    Database(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    Path file() {
        return folder.resolve(FILE);
    }

    String url() {
        return "jdbc:sqlite:" + file();
    }

    Session forWriting() throws SQLException {
        return open(FOR_WRITING);
    }

    Session forReading() throws SQLException {
        return open(FOR_READING);
    }

    private Session open(String[] settings) throws SQLException {
        var options = new Properties();
        // Otherwise the driver asks for the id of the row after every INSERT.
        options.setProperty("jdbc.get_generated_keys", "false");
        Connection connection = DriverManager.getConnection(url(), options);
        var session = new Session(connection);
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
