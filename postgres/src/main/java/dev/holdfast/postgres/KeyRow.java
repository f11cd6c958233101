package dev.holdfast.postgres;

import dev.holdfast.sql.Sql;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An API key as it is stored: its secret is not.
 *
 * @param id the public part of the key
 * @param name for people
 * @param scope READ, WRITE or ADMIN
 * @param hash of the secret
 * @param created when it was made
 * @param revoked when it was revoked; null if it holds
 */
public record KeyRow(
        String id,
        String name,
        String scope,
        String hash,
        Instant created,
        @Nullable Instant revoked) {
    static final String COLUMNS = "id, name, scope, hash, created, revoked";

    static KeyRow of(Sql.Row row) throws SQLException {
        return new KeyRow(row.text(), row.text(), row.text(), row.text(), row.instant(), row.instantOrNull());
    }

    /** Without the hash, which is nobody's business. */
    @Override
    public String toString() {
        return "KeyRow[" + id + ", " + name + ", " + scope + "]";
    }
}
