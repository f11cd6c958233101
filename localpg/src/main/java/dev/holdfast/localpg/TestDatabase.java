package dev.holdfast.localpg;

import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An empty database for a test, on a server that all tests of a process share. The server is started by the first of
 * them and ends with the process; a test that stops or kills servers starts one of its own.
 *
 * <pre>{@code
 * private static final TestDatabase DATABASE = TestDatabase.fresh();
 *
 * @AfterAll
 * static void drop() {
 *   DATABASE.close();
 * }
 * }</pre>
 *
 * @param server the shared one
 * @param name of the database
 */
public record TestDatabase(LocalPostgres server, String name) implements AutoCloseable {
    /** Begins with its first use. */
    private static final class Shared {
        static final LocalPostgres SERVER = LocalPostgres.temporary(Settings.standard());
        static final AtomicInteger DATABASES = new AtomicInteger();
    }

    /** A database that nobody else knows of. */
    public static TestDatabase fresh() {
        String name = "test_" + Shared.DATABASES.incrementAndGet();
        Shared.SERVER.createDatabase(name);
        return new TestDatabase(Shared.SERVER, name);
    }

    /** Its address in the form of libpq. */
    public URI url() {
        return server.url(name);
    }

    /** Its address in the form of JDBC. */
    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    /** Removes it, and ends whatever is connected to it. */
    @Override
    public void close() {
        server.dropDatabase(name);
    }
}
