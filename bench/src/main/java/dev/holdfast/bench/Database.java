package dev.holdfast.bench;

import dev.holdfast.node.Holdfast;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/** The file of a ledger, looked at and written from outside. */
final class Database {
    private static final String FILE = "holdfast.db";
    /** Told beside the settings, and nothing that can be set. */
    private static final String VERSION = "sqlite";

    /** Otherwise the driver asks for the row's id after every insert, with a statement that it prepares anew each time. */
    private static final String BARE = "?jdbc.get_generated_keys=false";

    private Database() {}

    static Path file(Path folder) {
        return folder.resolve(FILE);
    }

    /** Its size, the log that is not yet part of it included. */
    static long bytes(Path folder) throws IOException {
        long sum = 0;
        for (String suffix : new String[] {"", "-wal"}) {
            Path file = folder.resolve(FILE + suffix);
            if (Files.exists(file)) sum += Files.size(file);
        }
        return sum;
    }

    /** Makes an empty one as Holdfast makes it, and says with which settings Holdfast writes. */
    static Map<String, String> create(Path folder) {
        try (var holdfast = Holdfast.open(folder)) {
            return holdfast.figures().durability();
        }
    }

    static Connection connect(Path folder) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file(folder) + BARE);
    }

    /** A connection that writes as Holdfast's does. What it says of itself afterwards must be the same. */
    static Connection connect(Path folder, Map<String, String> settings) throws SQLException {
        Connection connection = connect(folder);
        var said = new TreeMap<>(settings);
        try (Statement statement = connection.createStatement()) {
            for (var each : settings.entrySet()) {
                if (each.getKey().equals(VERSION)) continue;
                statement.execute("PRAGMA " + each.getKey() + " = " + each.getValue());
                try (var rows = statement.executeQuery("PRAGMA " + each.getKey())) {
                    said.put(each.getKey(), rows.getString(1));
                }
            }
        }
        if (said.equals(settings)) return connection;
        connection.close();
        throw new IllegalStateException("the floor cannot be written like the ledger: " + said + " is not " + settings);
    }
}
