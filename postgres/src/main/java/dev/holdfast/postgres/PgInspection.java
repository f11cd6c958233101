package dev.holdfast.postgres;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.postgres.ladder.Origin;
import dev.holdfast.postgres.ladder.Replica;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.Use;
import dev.holdfast.sql.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a database is for nodes, for whoever looks after it. A look makes all checks of a boot and changes nothing.
 *
 * @param where its address, name and user, without a password
 * @param way to it
 * @param tables of Holdfast in it
 * @param room for sessions
 * @param horizon what keeps its vacuum
 * @param standbys that receive its log
 * @param settings of it that matter, by name
 * @param now by its clock, when everything else was known
 */
public record PgInspection(
        String where,
        Way way,
        Tables tables,
        Room room,
        Horizon horizon,
        Standbys standbys,
        Map<String, String> settings,
        Instant now) {
    /** How many sessions a node has, at the most: see docs/operations.md. */
    public static final int SESSIONS_OF_A_NODE = 4 + 2 + 1 + PgReaders.MOST + Lending.MOST + 1 + 3;

    private static final List<String> SETTINGS =
            List.of("autovacuum", "track_counts", "fsync", "full_page_writes", "synchronous_commit");

    private static final String VERSION = "SHOW server_version";
    private static final String ENCRYPTION =
            "SELECT version || ', ' || cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
    private static final String NEAR =
            "SELECT coalesce(inet_server_addr() <<= inet '127.0.0.0/8' OR inet_server_addr() = inet '::1', true)";
    /** Whichever limit is the nearest: that of the server, of the user, or of the database. */
    private static final String FREE = "SELECT least(current_setting('max_connections')::int"
            + " - current_setting('superuser_reserved_connections')::int"
            + " - coalesce(current_setting('reserved_connections', true)::int, 0)"
            + " - (SELECT coalesce(sum(numbackends), 0) FROM pg_stat_database),"
            + " (SELECT CASE WHEN rolconnlimit >= 0 THEN rolconnlimit"
            + " - (SELECT count(*) FROM pg_stat_activity WHERE usename = current_user) END"
            + " FROM pg_roles WHERE rolname = current_user),"
            + " (SELECT CASE WHEN datconnlimit >= 0 THEN datconnlimit - s.numbackends END"
            + " FROM pg_database d JOIN pg_stat_database s ON s.datid = d.oid WHERE d.datname = current_database()))";

    /**
     * Without whoever makes a base backup (by two sessions, of which one streams), keeps the log, or reads what was decoded: none
     * of them takes over. Which of them there are may be seen by every user, what they do may not.
     */
    private static final String STANDBYS = "SELECT DISTINCT quote_ident(coalesce(application_name, '')) FROM"
            + " pg_stat_replication r WHERE state IS DISTINCT FROM 'backup'"
            + " AND application_name NOT IN ('pg_basebackup', 'pg_receivewal') AND NOT EXISTS (SELECT FROM"
            + " pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical') ORDER BY 1";

    /** Only their owner may change tables. */
    private static final String CHANGEABLE = "SELECT CASE WHEN EXISTS (SELECT FROM pg_namespace WHERE nspname = '"
            + Connections.SCHEMA + "') THEN has_schema_privilege('" + Connections.SCHEMA
            + "', 'CREATE') AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = '" + Connections.SCHEMA
            + "' AND c.relkind = 'r' AND NOT pg_has_role(c.relowner, 'USAGE'))"
            + " ELSE has_database_privilege(current_database(), 'CREATE') END";

    private static final String NODES = "SELECT count(*) FROM nodes";
    private static final String NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    private static final String WRITTEN = "SELECT pg_current_wal_lsn()";
    private static final String BEHIND = "SELECT greatest(0, pg_wal_lsn_diff('%s', pg_last_wal_replay_lsn()))::bigint";
    private static final String ALIVE =
            "SELECT coalesce(string_agg(number || '/' || incarnation, ',' ORDER BY number), '') FROM nodes";

    /**
     * @param version of the server
     * @param encryption how the session is encrypted; null if it is not
     * @param verified whether a server that cannot show who it is would have got no session
     * @param near whether the server is on this machine
     */
    public record Way(String version, @Nullable String encryption, boolean verified, boolean near) {}

    /**
     * @param present version of the schema; 0 if there is none
     * @param oldest with which this program works beside newer ones
     * @param newest that it knows
     * @param nodes how many are there
     * @param changeable whether the user may make them, or bring them up
     */
    public record Tables(int present, int oldest, int newest, int nodes, boolean changeable) {
        /** Whether the next node of this program makes them, or brings them up. */
        public boolean areToBeChanged() {
            return present < newest;
        }
    }

    /**
     * @param free how many sessions could be made now, by this user
     * @param most that the server has room for
     */
    public record Room(int free, int most) {}

    /**
     * Who has the log as it is written, and could become the primary.
     *
     * @param names of them, as they are written in a setting
     * @param awaited {@code synchronous_standby_names}; empty if no commit waits for any of them
     */
    public record Standbys(List<String> names, String awaited) {
        public Standbys {
            names = List.copyOf(names);
        }
    }

    /**
     * A replica.
     *
     * @param where its address, name and user
     * @param behind how many bytes of the log it has not replayed
     * @param shown how many of the nodes that are there it shows
     * @param nodes how many are there
     */
    public record Follower(String where, long behind, int shown, int nodes) {}

    /**
     * Which database this is: see {@link PgCluster#origin}.
     *
     * @throws Refused what {@link Connections#to} says
     */
    public static String origin(String url) throws HoldfastException {
        return Origin.of(Connections.to(url)).text();
    }

    /**
     * Looks at a database.
     *
     * @throws Refused what {@link Connections#to} says
     * @throws Unavailable if it fails meanwhile
     */
    public static PgInspection of(String url) throws HoldfastException {
        var connections = Connections.to(url);
        try (var session = new Session(connections.open(), new PgDialect())) {
            var settings = new TreeMap<String, String>();
            for (String name : SETTINGS) settings.put(name, session.ask("SHOW " + name));
            String encryption = session.ask(ENCRYPTION);
            var way = new Way(
                    session.ask(VERSION),
                    encryption.isEmpty() ? null : encryption,
                    connections.verifies(),
                    session.ask(NEAR).equals("t"));
            int present = Schema.present(session.connection());
            int nodes = present < Schema.NODES ? 0 : number(session, NODES);
            boolean changeable = session.ask(CHANGEABLE).equals("t");
            var tables = new Tables(present, Schema.OLDEST, Schema.CURRENT.version(), nodes, changeable);
            var room = new Room(number(session, FREE), number(session, "SHOW max_connections"));
            var horizon = Horizon.of(session);
            var standbys = new Standbys(
                    session.sql(STANDBYS).list(row -> row.text()), session.ask("SHOW synchronous_standby_names"));
            var now = Instant.EPOCH.plus(Long.parseLong(session.ask(NOW)), ChronoUnit.MICROS);
            return new PgInspection(connections.shown(), way, tables, room, horizon, standbys, settings, now);
        } catch (SQLException e) {
            throw Trouble.unavailable(e);
        }
    }

    /**
     * Looks at a replica of a database.
     *
     * @throws Refused {@code replica_is_primary}, {@code replica_foreign}; what {@link Connections#to} says of either
     * @throws Unavailable if the replica is not there, or one of them fails meanwhile
     */
    public static Follower replica(String url, String of) throws HoldfastException {
        var primary = Connections.to(of);
        var connections = Connections.unchecked(url);
        demandReplica(connections, primary);
        try (var original = new Session(primary.open(), new PgDialect());
                var replica = new Session(connections.open(Use.REPLICA), new PgDialect())) {
            boolean tables = Schema.present(original.connection()) >= Schema.NODES
                    && Schema.present(replica.connection()) >= Schema.NODES;
            var alive = tables ? nodes(original) : List.<String>of();
            var shown = tables ? nodes(replica) : List.<String>of();
            long behind = Long.parseLong(replica.ask(BEHIND.formatted(original.ask(WRITTEN))));
            return new Follower(
                    connections.shown(),
                    behind,
                    (int) alive.stream().filter(shown::contains).count(),
                    alive.size());
        } catch (SQLException e) {
            throw Trouble.unavailable(e);
        }
    }

    private static void demandReplica(Connections connections, Connections primary) {
        var origin = Origin.of(primary);
        try {
            Replica.demand(connections, primary, origin);
        } catch (Refused e) {
            if (!Connections.mayPass(e)) throw e;
            throw Unavailable.notApplied(e.code(), String.valueOf(e.getMessage()), e);
        }
    }

    private static List<String> nodes(Session session) throws SQLException {
        String all = session.ask(ALIVE);
        return all.isEmpty() ? List.of() : List.of(all.split(",", -1));
    }

    private static int number(Session session, String question) throws SQLException {
        return Integer.parseInt(session.ask(question));
    }
}
