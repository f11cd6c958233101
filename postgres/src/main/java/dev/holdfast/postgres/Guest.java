package dev.holdfast.postgres;

import dev.holdfast.postgres.session.Connections;
import dev.holdfast.sql.Session;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * The ledger in a transaction whose session has somebody else's settings: while it writes there they are its own. Where the
 * transaction goes on, they are afterwards what they were; where it ends with what the ledger writes, they stay until then.
 */
final class Guest {
    private static final String PATIENCE = "lock_timeout";

    private record Setting(String name, String value) {
        boolean isForEver() {
            return name.equals(PATIENCE) && value.equals("0");
        }
    }

    /** What {@link Connections} and {@link Writing} set for good. */
    private static final List<Setting> OURS = List.of(
            // The session's own tables, of whatever names, come after ours.
            new Setting("search_path", Connections.SCHEMA + ", pg_temp"),
            new Setting("enable_seqscan", "off"),
            new Setting("enable_hashjoin", "off"),
            new Setting("enable_mergejoin", "off"),
            new Setting("jit", "off"),
            // Unless they wait for less, or more: longer than a client that is stopped keeps its locks.
            new Setting(PATIENCE, "10s"));

    private static final String READ = each("current_setting(?)");
    /** Until the transaction ends, at most. */
    private static final String SET = each("set_config(?, ?, true)");
    /**
     * A record that was answered is on the disk, as all are that the ledger commits on its own sessions ({@link Connections});
     * whoever wants more than that may have it.
     */
    private static final String STAY = SET + ", set_config('synchronous_commit', CASE"
            + " current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)";

    private final Session session;
    private final List<Setting> theirs;

    private Guest(Session session, List<Setting> theirs) {
        this.session = session;
        this.theirs = theirs;
    }

    private static String each(String call) {
        var calls = new StringJoiner(", ", "SELECT ", "");
        OURS.forEach(any -> calls.add(call));
        return calls.toString();
    }

    /** The transaction ends with what the ledger writes: that is as patient and as durable as it always is. */
    static void stay(Session session) throws SQLException {
        set(session, STAY, OURS);
    }

    /** The transaction goes on after {@link #leave}; how patient and how durable it is is not the ledger's to say. */
    static Guest enter(Session session) throws SQLException {
        Sql read = session.sql(READ);
        for (Setting each : OURS) read.text(each.name());
        List<Setting> theirs = read.first(row -> {
                    var all = new ArrayList<Setting>();
                    for (Setting each : OURS) all.add(new Setting(each.name(), row.text()));
                    return all;
                })
                .orElseThrow();
        var now = new ArrayList<>(OURS);
        Setting patience = theirs.getLast();
        if (!patience.isForEver()) now.set(now.size() - 1, patience);
        set(session, SET, now);
        return new Guest(session, theirs);
    }

    void leave() throws SQLException {
        set(session, SET, theirs);
    }

    private static void set(Session session, String statement, List<Setting> settings) throws SQLException {
        Sql set = session.sql(statement);
        for (Setting each : settings) set.text(each.name()).text(each.value());
        set.any();
    }
}
