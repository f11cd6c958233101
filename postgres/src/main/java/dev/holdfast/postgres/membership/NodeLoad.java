package dev.holdfast.postgres.membership;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a node carries.
 *
 * @param held how many runs it holds
 * @param hosts the version of the code for each task
 */
public record NodeLoad(int held, SortedMap<String, String> hosts) {
    /** Locks nothing. What a node holds has its number in an index. */
    private static final String LOADS = "SELECT n.number, n.hosts, (SELECT count(*) FROM runs r"
            + " WHERE r.holder_number = n.number AND r.holder_incarnation = n.incarnation) FROM nodes n";

    public NodeLoad {
        hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
    }

    static Map<Long, NodeLoad> read(Connection session) throws SQLException {
        var all = new TreeMap<Long, NodeLoad>();
        try (var statement = session.createStatement();
                ResultSet row = statement.executeQuery(LOADS)) {
            while (row.next()) all.put(row.getLong(1), new NodeLoad(row.getInt(3), hosts(row.getString(2))));
        }
        return all;
    }

    private static SortedMap<String, String> hosts(String text) {
        var all = new TreeMap<String, String>();
        Notices.parse(text).forEach((task, notice) -> all.put(task, notice.version()));
        return all;
    }
}
