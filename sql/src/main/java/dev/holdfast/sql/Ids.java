package dev.holdfast.sql;

import dev.holdfast.core.RunId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs whose rows are read at once, by {@code IN (…)}, which every database has. There are as many places as the next power of
 * two, and the last id stands in all that are left: so a session prepares a few statements, however many ids there are.
 */
record Ids(List<RunId> ids) {
    Ids(Collection<RunId> ids) {
        this(List.copyOf(ids));
    }

    /**
     * What there is of each run, in the order of the rows; a run without rows is left out.
     *
     * @param statement with {@code %s} for the places; its first column is the run
     * @param reader of the others
     */
    <T> Map<RunId, List<T>> each(Session session, String statement, Sql.Reader<T> reader) throws SQLException {
        var all = new HashMap<RunId, List<T>>();
        if (ids.isEmpty()) return all;
        int places = Integer.highestOneBit(2 * ids.size() - 1);
        Sql sql = session.sql(statement.formatted(Sql.places(places)));
        for (int i = 0; i < places; i++) sql.id(ids.get(Math.min(i, ids.size() - 1)));
        sql.list(row -> all.computeIfAbsent(row.id(), run -> new ArrayList<>()).add(reader.read(row)));
        return all;
    }
}
