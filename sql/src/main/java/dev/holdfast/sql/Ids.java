package dev.holdfast.sql;

import dev.holdfast.core.RunId;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * Several ids in {@code IN (…)}, which every database has. There are as many places as the next power of two, and the last id
 * stands in all that are left: so a session prepares a few statements, however many ids there are.
 */
record Ids(List<RunId> ids) {
    /** @param ids at least one */
    Ids(Collection<RunId> ids) {
        this(List.copyOf(ids));
    }

    Ids {
        if (ids.isEmpty()) throw new IllegalArgumentException("no ids");
    }

    private int size() {
        return Integer.highestOneBit(2 * ids.size() - 1);
    }

    String places() {
        return "?" + ", ?".repeat(size() - 1);
    }

    Sql in(Sql sql) throws SQLException {
        for (int i = 0; i < size(); i++) sql.id(ids.get(Math.min(i, ids.size() - 1)));
        return sql;
    }
}
