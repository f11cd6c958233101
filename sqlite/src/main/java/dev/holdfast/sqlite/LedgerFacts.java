package dev.holdfast.sqlite;

import dev.holdfast.core.Defaults;
import dev.holdfast.sql.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * What somebody who looks after a ledger wants to know.
 *
 * @param content what is in it
 * @param logBytes size of the log that is not yet in the database file
 * @param freeBytes of the database file, which later writes use again
 * @param parked runs that wait for code that fits
 * @param suspects runs whose holders keep dying, that wait to be tried alone
 * @param queued what could be claimed now, by task
 */
public record LedgerFacts(
        LedgerContent content, long logBytes, long freeBytes, long parked, long suspects, List<Queued> queued) {
    /**
     * Runs of a task that wait for their turn.
     *
     * @param oldest when the first of them was started
     */
    public record Queued(String task, long runs, Instant oldest) {}

    private static final String PARKED =
            "SELECT count(*) FROM runs WHERE parked_version IS NOT NULL AND claim_at IS NOT NULL";
    private static final String SUSPECTS =
            "SELECT count(*) FROM runs" + " WHERE claim_at IS NOT NULL AND parked_version IS NULL AND losses >= ?";
    private static final String QUEUED = "SELECT task, count(*), min(created) FROM runs"
            + " WHERE claim_at IS NOT NULL AND parked_version IS NULL GROUP BY task ORDER BY task";

    static LedgerFacts of(Session session, Path file) throws SQLException {
        return new LedgerFacts(
                LedgerContent.of(session),
                logBytes(file),
                LedgerContent.free(session),
                session.sql(PARKED).single(),
                session.sql(SUSPECTS).number(Defaults.SUSPECT_AFTER_LOSSES).single(),
                session.sql(QUEUED).list(row -> new Queued(row.text(), row.number(), row.instant())));
    }

    private static long logBytes(Path file) {
        try {
            return Files.size(file.resolveSibling(file.getFileName() + "-wal"));
        } catch (IOException notThere) {
            return 0;
        }
    }
}
