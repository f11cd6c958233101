package dev.holdfast.postgres;

import dev.holdfast.sql.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whoever keeps vacuum from removing dead rows: what was alive when the oldest transaction began stays, in every table,
 * and whoever looks for runs that wait walks over it.
 *
 * @param keepers all of them, those that have kept the most transactions first
 */
public record Horizon(List<Keeper> keepers) {
    /**
     * A session of another database keeps what is here only by what it writes: the transactions of this one see it under way.
     * What vacuum itself has open keeps nothing, and the processes that help a query come with the one that they help. What
     * a standby is may be seen by everybody. A slot's {@code catalog_xmin} keeps rows of the system catalogs only. An own
     * transaction is as young as can be.
     */
    private static final String KEEPERS =
            "SELECT CASE WHEN EXISTS (SELECT FROM pg_stat_replication r WHERE r.pid = s.pid)"
                    + " THEN 'FEEDBACK' WHEN backend_start IS NULL THEN 'HIDDEN' ELSE 'SESSION' END AS kind,"
                    + " pid, coalesce(application_name, '') AS name,"
                    + " (extract(epoch FROM clock_timestamp() - xact_start) * 1000)::bigint AS open,"
                    + " greatest(age(backend_xid), age(backend_xmin)) AS passed FROM pg_stat_activity s"
                    + " WHERE pid <> pg_backend_pid() AND leader_pid IS NULL AND (backend_xid IS NOT NULL"
                    + " OR backend_xmin IS NOT NULL AND (datid IS NULL OR datname = current_database()))"
                    + " AND NOT EXISTS (SELECT FROM pg_stat_progress_vacuum v WHERE v.pid = s.pid)"
                    + " UNION ALL SELECT 'PREPARED', 0, gid,"
                    + " (extract(epoch FROM clock_timestamp() - prepared) * 1000)::bigint, age(transaction) FROM pg_prepared_xacts"
                    + " UNION ALL SELECT 'SLOT', coalesce(active_pid, 0), slot_name::text, NULL,"
                    + " age(xmin) FROM pg_replication_slots WHERE xmin IS NOT NULL ORDER BY passed DESC, open DESC NULLS LAST";

    public Horizon {
        keepers = List.copyOf(keepers);
    }

    /** What it is. */
    public enum Kind {
        /** A transaction of a session. */
        SESSION,
        /** The same, but of another user, of whom this one may not see since when it is open. */
        HIDDEN,
        /** A standby that wants what its queries read to stay ({@code hot_standby_feedback}), without a slot. */
        FEEDBACK,
        /** A transaction that was prepared and not ended. */
        PREPARED,
        /** A replication slot of a standby that wants the same. */
        SLOT
    }

    /**
     * One of them.
     *
     * @param kind what it is
     * @param pid its process; 0 if it has none
     * @param name as it calls itself; may be empty
     * @param open for how long its transaction is open; empty if nobody knows, or the user may not
     * @param passed how many transactions have begun since
     */
    public record Keeper(Kind kind, int pid, String name, Optional<Duration> open, long passed) {}

    static Horizon of(Session session) throws SQLException {
        return new Horizon(session.sql(KEEPERS).list(row -> {
            Kind kind = row.constant(Kind.class);
            int pid = row.integer();
            String name = row.text();
            Optional<Duration> open = Optional.ofNullable(row.numberOrNull()).map(Duration::ofMillis);
            return new Keeper(kind, pid, name, open, row.number());
        }));
    }
}
