package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.TEXT;

import dev.holdfast.core.RunId;
import dev.holdfast.postgres.ChangeWork.Unique;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Business keys and debounce keys: whoever wants one locks its name until his transaction ends, in one order, and then
 * looks who has it. The unique index alone would do, if two batches never wanted two of them in different order.
 */
final class Keys {
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(k, 7))"
            + " FROM (SELECT k FROM unnest(?::text[]) AS k ORDER BY hashtextextended(k, 7)) AS sorted";
    private static final String WANTED =
            "(namespace, task, %s) IN (SELECT * FROM " + Columns.unnest(TEXT, TEXT, TEXT) + " AS v)";
    private static final String HOLDERS = "SELECT namespace, task, key, id, key_until FROM runs WHERE "
            + WANTED.formatted("key") + " AND key_until IS NOT NULL";
    private static final String DEBOUNCED = "SELECT namespace, task, debounce, id FROM runs WHERE "
            + WANTED.formatted("debounce") + " AND debounce IS NOT NULL";
    /** Locks runs that have ended. */
    private static final String FREE = "UPDATE runs SET key_until = NULL WHERE id = ANY(?) AND key_until <= ?";

    private final Map<Unique, RunId> holders = new HashMap<>();

    private Keys() {}

    static Keys lock(Transaction tx, Collection<Unique> wanted) throws SQLException {
        var keys = new Keys();
        if (!wanted.isEmpty()) keys.look(tx, new TreeSet<>(wanted));
        return keys;
    }

    private void look(Transaction tx, SortedSet<Unique> wanted) throws SQLException {
        tx.sql(LOCK)
                .texts(wanted.stream().<@Nullable String>map(Unique::text).toList())
                .any();
        var business = columns(wanted, Unique.Kind.BUSINESS);
        if (!business.isEmpty()) {
            var late = new ArrayList<@Nullable UUID>();
            business.in(tx.sql(HOLDERS)).list(r -> {
                var key = new Unique(Unique.Kind.BUSINESS, r.text(), r.text(), r.text());
                RunId id = r.id();
                // One whose time has passed is freed on the way, whether or not anybody has tidied up.
                if (r.number() <= tx.now().toEpochMilli()) late.add(id.uuid());
                else holders.put(key, id);
                return id;
            });
            if (!late.isEmpty()) free(tx, late);
        }
        var debounced = columns(wanted, Unique.Kind.DEBOUNCE);
        if (debounced.isEmpty()) return;
        debounced
                .in(tx.sql(DEBOUNCED))
                .list(r -> holders.put(new Unique(Unique.Kind.DEBOUNCE, r.text(), r.text(), r.text()), r.id()));
    }

    private static void free(Transaction tx, List<@Nullable UUID> late) throws SQLException {
        tx.aside(own -> own.sql(FREE).uuids(late).instant(tx.now()).update());
    }

    private static Columns columns(Collection<Unique> wanted, Unique.Kind kind) {
        var columns = new Columns(List.of(TEXT, TEXT, TEXT));
        for (Unique each : wanted) {
            if (each.kind() == kind) columns.add(each.namespace(), each.task(), each.key());
        }
        return columns;
    }

    Optional<RunId> holder(@Nullable Unique wanted) {
        return wanted == null ? Optional.empty() : Optional.ofNullable(holders.get(wanted));
    }
}
