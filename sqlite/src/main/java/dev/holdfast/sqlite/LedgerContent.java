package dev.holdfast.sqlite;

import dev.holdfast.sql.Session;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is in a ledger.
 *
 * @param schema version of its tables
 * @param runs how many
 * @param unfinished how many of them have not ended
 * @param newest when the newest of them was started; null if there is none
 * @param at the newest instant that is written anywhere in it
 * @param bytes its size
 */
public record LedgerContent(
        int schema, long runs, long unfinished, @Nullable Instant newest, Instant at, long bytes) {
    private static final String RUNS = "SELECT count(*) FROM runs";
    private static final String UNFINISHED = "SELECT count(*) FROM runs WHERE outcome IS NULL";
    private static final String NEWEST = "SELECT created FROM runs ORDER BY id DESC LIMIT 1";
    private static final String AT = "SELECT at FROM ledger";
    private static final String PAGE_SIZE = "PRAGMA page_size";
    private static final String PAGES = "PRAGMA page_count";
    private static final String FREE_PAGES = "PRAGMA freelist_count";

    static LedgerContent of(Session session) throws SQLException {
        return new LedgerContent(
                Schema.present(session),
                session.sql(RUNS).single(),
                session.sql(UNFINISHED).single(),
                session.sql(NEWEST).firstInstant().orElse(null),
                Instant.ofEpochMilli(session.sql(AT).single()),
                used(session));
    }

    /** Bytes of the pages that have something in them. */
    static long used(Session session) throws SQLException {
        return session.sql(PAGE_SIZE).single()
                * (session.sql(PAGES).single() - session.sql(FREE_PAGES).single());
    }

    /** Bytes of the pages that have nothing in them any more. */
    static long free(Session session) throws SQLException {
        return session.sql(PAGE_SIZE).single() * session.sql(FREE_PAGES).single();
    }
}
