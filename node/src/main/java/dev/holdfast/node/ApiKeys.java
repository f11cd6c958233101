package dev.holdfast.node;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.postgres.KeyRow;
import dev.holdfast.postgres.KeyTable;
import dev.holdfast.postgres.PgCluster;
import java.util.List;

/**
 * The API keys of a cluster. One that was made is valid on all nodes as soon as this returns, and one that was revoked on none
 * a second later.
 *
 * <pre>{@code
 * try (var keys = ApiKeys.at(url)) {
 *     String key = keys.create("deployments", ApiKey.Scope.WRITE).key();   // shown once: nobody can read it again
 * }
 * }</pre>
 */
public final class ApiKeys implements AutoCloseable {
    private static final int LONGEST_NAME = 100;

    private final KeyTable table;
    private final Clock clock;
    private final AutoCloseable end;

    ApiKeys(KeyTable table, Clock clock, AutoCloseable end) {
        this.table = table;
        this.clock = clock;
        this.end = end;
    }

    /**
     * Those of the cluster on this database; its tables are made if there are none. Those of an older program are left to a node
     * to bring up: a key begins no upgrade.
     *
     * @throws Refused {@code database_…}, {@code schema_too_new} as {@link Holdfast#cluster}; {@code schema_too_old}
     */
    public static ApiKeys at(String url) {
        return Assembly.keys(url, PgCluster::made);
    }

    /**
     * Those of the cluster on this database, of which nothing is made.
     *
     * @throws Refused as {@link #at}; {@code schema_missing}
     */
    public static ApiKeys present(String url) {
        return Assembly.keys(url, PgCluster::present);
    }

    /**
     * A key that was just made.
     *
     * @param key what its owner sends
     */
    public record Made(ApiKey what, String key) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Made[" + what + "]";
        }
    }

    /**
     * Makes one.
     *
     * @throws Refused {@code name_invalid}
     * @throws Unavailable if the database does not answer
     */
    public Made create(String name, ApiKey.Scope scope) {
        if (name.isBlank() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new Refused(
                    "name_invalid",
                    "a key needs a name of 1 to " + LONGEST_NAME + " characters, by which people know whose it is");
        }
        Secret secret = Secret.random();
        var row = new KeyRow(secret.id(), name, scope.name(), secret.hash(), clock.now(), null);
        table.insert(row);
        return new Made(key(row), secret.text());
    }

    /** All that were ever made, the oldest first. */
    public List<ApiKey> list() {
        return table.all().stream().map(ApiKeys::key).toList();
    }

    /** The same, to look keys up in. */
    public KeyBook book() {
        return new KeyBook(table.all());
    }

    /**
     * Ends a key, for good. A repetition changes nothing.
     *
     * @throws Refused {@code key_unknown}
     * @throws Unavailable if the database does not answer: repeat it
     */
    public void revoke(String id) {
        if (table.revoke(id, clock.now())) return;
        throw new Refused("key_unknown", "there is no key '" + id + "': 'holdfast keys list' shows those there are");
    }

    static ApiKey key(KeyRow row) {
        return new ApiKey(row.id(), row.name(), ApiKey.Scope.valueOf(row.scope()), row.created(), row.revoked());
    }

    @Override
    public void close() {
        Holdfast.closeAll(List.of(end));
    }
}
