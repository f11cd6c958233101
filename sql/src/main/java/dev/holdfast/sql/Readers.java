package dev.holdfast.sql;

import dev.holdfast.core.Unavailable;
import java.sql.SQLException;

/** Connections for reading. They see what is committed, beside whoever writes. */
public interface Readers {
    /** Reads from the database. */
    @FunctionalInterface
    interface Query<T> {
        T ask(Session session) throws SQLException;
    }

    /**
     * Asks one statement, which sees one moment by itself.
     *
     * @throws Unavailable if it cannot be read
     */
    <T> T ask(Query<T> query);

    /**
     * Asks several statements, which see one moment.
     *
     * @throws Unavailable if it cannot be read
     */
    <T> T read(Query<T> query);
}
