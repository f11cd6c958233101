package dev.holdfast.postgres;

/**
 * Which database.
 *
 * @param url {@code postgres://user:password@host:port/database?sslmode=verify-full&…} as of libpq, or
 *     {@code jdbc:postgresql://…}. All of it holds for every session; what Holdfast sets itself (the name of the
 *     application, keep-alives, the search path) is Holdfast's
 */
public record PostgresOptions(String url) {
    /** Without the URL, which may contain a password. */
    @Override
    public String toString() {
        return "PostgresOptions";
    }
}
