package dev.holdfast.drills;

import dev.holdfast.localpg.LocalPostgres;

/**
 * Takes from a database of the drill's own what finds the dead besides the ring: whoever tries the locks of all nodes is told
 * that each is taken, and whatever nodes tell each other is lost. What is found dead then was found by its neighbour, who was
 * granted its lock. That one tries the lock once more when it buries the dead, by a statement that looks for no others.
 */
final class RingAlone {
    private static final String SILENT = """
            ALTER FUNCTION pg_catalog.pg_try_advisory_xact_lock(int, int) RENAME TO pg_try_advisory_xact_lock_heard;
            CREATE FUNCTION pg_catalog.pg_try_advisory_xact_lock(int, int) RETURNS boolean LANGUAGE sql AS
                $$SELECT CASE WHEN current_query() LIKE '%FROM nodes%' THEN false
                    ELSE pg_catalog.pg_try_advisory_xact_lock_heard($1, $2) END$$;
            ALTER FUNCTION pg_catalog.pg_notify(text, text) RENAME TO pg_notify_heard;
            CREATE FUNCTION pg_catalog.pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT';
            """;

    private RingAlone() {}

    /** Before the first node comes. */
    static void in(LocalPostgres server) {
        server.query(Database.NAME, SILENT);
    }
}
