package dev.holdfast.postgres;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Request;
import dev.holdfast.postgres.ChangeWork.Unique;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keys and request ids that are taken by transactions of users' own, which may go on for long. Whoever takes one marks it; a
 * batch that has waited in vain looks for the marks, and goes on without whoever wants what is marked.
 */
final class Taken {
    private static final String MARK = "SELECT pg_advisory_xact_lock(hashtextextended(k, 11))"
            + " FROM (SELECT k FROM unnest(?::text[]) AS k ORDER BY hashtextextended(k, 11)) AS sorted";
    /** Waits for nobody. */
    private static final String MARKED =
            "SELECT k FROM unnest(?::text[]) AS k WHERE NOT pg_try_advisory_xact_lock_shared(hashtextextended(k, 11))";

    private Taken() {}

    /** Until the transaction ends. */
    static void mark(Transaction tx, ChangeWork work) throws SQLException {
        Set<String> names = names(work);
        if (!names.isEmpty()) tx.sql(MARK).texts(texts(names)).any();
    }

    /** Gives those of a batch that want what is taken their answer; answers whether there were any. */
    static boolean refuse(Transaction tx, List<Work<?>> batch) throws SQLException {
        var wanted = new TreeSet<String>();
        for (Work<?> work : batch) wanted.addAll(names(work));
        if (wanted.isEmpty()) return false;
        var taken = new HashSet<>(tx.sql(MARKED).texts(texts(wanted)).list(r -> r.text()));
        boolean any = false;
        for (Work<?> work : batch) {
            for (String name : names(work)) {
                if (!taken.contains(name) || work.isSettled()) continue;
                work.failed(busy(null));
                any = true;
            }
        }
        return any;
    }

    /** The answer to whoever wants what is taken. */
    static Unavailable busy(@Nullable SQLException why) {
        return Unavailable.notApplied(
                "key_busy",
                "another transaction which has not ended has started a run with this key or this request id: nothing was"
                        + " changed; ask again when it has ended",
                why);
    }

    private static Set<String> names(Work<?> work) {
        var names = new TreeSet<String>();
        if (!(work instanceof ChangeWork change)) return names;
        Request request = change.request();
        if (request != null) {
            names.add("REQUEST\n" + request.namespace().name() + "\n" + request.id());
        }
        for (Part part : change.part().all()) {
            Unique unique = part.isNew() && part.row() != null ? Unique.of(part.row()) : null;
            if (unique != null) names.add(unique.text());
        }
        return names;
    }

    private static List<@Nullable String> texts(Set<String> names) {
        return names.stream().<@Nullable String>map(name -> name).toList();
    }
}
