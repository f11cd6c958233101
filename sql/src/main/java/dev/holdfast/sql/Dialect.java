package dev.holdfast.sql;

import dev.holdfast.core.RunId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where databases differ although a statement is shared: the store says which it is when it opens a {@link Session}. */
public interface Dialect {
    /** The statement as this database reads it. Asked once for each statement of a session. */
    String statement(String shared);

    /**
     * Runs as {@code r}, to be walked by their ids.
     *
     * @param index of {@code runs} to be walked, where the planner takes advice
     */
    Walk newestFirst(String index);

    /**
     * How runs are walked.
     *
     * @param from FROM, and WHERE with a namespace and then the id below which they are
     * @param bounds how often that id is asked for
     */
    record Walk(String from, int bounds) {}

    /** Gives an id as a parameter. */
    void bind(PreparedStatement statement, int at, RunId id) throws SQLException;

    /** Reads an id; null if there is none. */
    @Nullable
    RunId read(ResultSet rows, int at) throws SQLException;

    /** An array of ids, for a database that has a type for them. */
    Array uuids(Connection connection, List<@Nullable UUID> ids) throws SQLException;
}
