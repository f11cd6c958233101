package dev.holdfast.sql;

import dev.holdfast.core.RunId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Where databases differ although a statement is shared: the store says which it is when it opens a {@link Session}. */
public interface Dialect {
    /** Ids are 16 bytes in the order of their text; the hints of statements are followed. */
    static Dialect sqlite() {
        return new SqliteDialect();
    }

    /** Ids are of the type {@code uuid}; the hints of statements are left out. */
    static Dialect postgres() {
        return new PostgresDialect();
    }

    /** The statement as this database reads it. Asked once for each statement of a session. */
    String statement(String shared);

    /** Gives an id as a parameter. */
    void bind(PreparedStatement statement, int at, RunId id) throws SQLException;

    /** Reads an id; null if there is none. */
    @Nullable
    RunId read(ResultSet rows, int at) throws SQLException;
}
