package dev.holdfast.postgres;

import dev.holdfast.postgres.ladder.ReplicaOptions;
import org.jspecify.annotations.Nullable;

/**
 * Which database.
 *
 * @param url {@code postgres://user:password@host:port/database?sslmode=verify-full&…} as of libpq, or
 *     {@code jdbc:postgresql://…}. All of it holds for every session; what Holdfast sets itself (the name of the
 *     application, keep-alives, the search path) is Holdfast's
 * @param replica of this database; null for none
 */
public record PostgresOptions(String url, @Nullable ReplicaOptions replica) {
    /** Without a replica. */
    public PostgresOptions(String url) {
        this(url, null);
    }

    public PostgresOptions replica(@Nullable ReplicaOptions of) {
        return new PostgresOptions(url, of);
    }

    /** Without the URL, which may contain a password. */
    @Override
    public String toString() {
        return "PostgresOptions";
    }
}
