package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.NUMBER;
import static dev.holdfast.postgres.Columns.Type.TEXT;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.postgres.ChangeWork.RequestKey;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Request ids: each is inserted before anything else is done for it, so that of two who ask the same at once the second
 * waits here until the first has its answer.
 */
final class Requests {
    private static final Columns.Type[] ROW = {TEXT, TEXT, TEXT, TEXT, NUMBER};
    private static final String TAKE = "INSERT INTO requests (namespace, id, fingerprint, answer, at) SELECT * FROM "
            + Columns.unnest(ROW) + " AS v ORDER BY 1, 2 ON CONFLICT DO NOTHING RETURNING namespace, id";
    private static final String SEEN = "SELECT namespace, id, fingerprint, answer, at FROM requests"
            + " WHERE (namespace, id) IN (SELECT * FROM " + Columns.unnest(TEXT, TEXT)
            + " AS v) ORDER BY namespace, id FOR NO KEY UPDATE";
    private static final String ANSWER =
            "UPDATE requests r SET fingerprint = v.fingerprint, answer = v.answer, at = v.at FROM "
                    + Columns.unnest(ROW) + " AS v(namespace, id, fingerprint, answer, at)"
                    + " WHERE r.namespace = v.namespace AND r.id = v.id";
    private static final String LEAVE = "DELETE FROM requests r USING " + Columns.unnest(TEXT, TEXT)
            + " AS v(namespace, id) WHERE r.namespace = v.namespace AND r.id = v.id";

    private final Transaction tx;
    private final Map<RequestKey, Receipt> repeated = new HashMap<>();
    private final Set<RequestKey> expired = new HashSet<>();

    private Requests(Transaction tx) {
        this.tx = tx;
    }

    private record Seen(String fingerprint, String answer, long at) {}

    static Requests take(Transaction tx, List<Request> asked) throws SQLException {
        var requests = new Requests(tx);
        if (!asked.isEmpty()) requests.take(asked);
        return requests;
    }

    private void take(List<Request> asked) throws SQLException {
        var rows = new Columns(ROW);
        for (Request each : asked) add(rows, each, each.answer());
        var ours = new HashSet<>(rows.in(tx.sql(TAKE)).list(r -> new RequestKey(r.text(), r.text())));
        if (ours.size() == asked.size()) return;
        var others = new ArrayList<Request>(asked);
        others.removeIf(each -> ours.contains(RequestKey.of(each)));
        var keys = new Columns(TEXT, TEXT);
        for (Request each : others) keys.add(each.namespace().name(), each.id());
        var seen = new HashMap<RequestKey, Seen>();
        keys.in(tx.sql(SEEN))
                .list(r -> seen.put(new RequestKey(r.text(), r.text()), new Seen(r.text(), r.text(), r.number())));
        for (Request each : others) {
            var key = RequestKey.of(each);
            Seen first = seen.get(key);
            if (first == null) throw new SQLException("a request id was removed meanwhile", Trouble.AGAIN_STATE);
            if (first.at() + Defaults.REQUEST_RETENTION.toMillis() <= tx.now().toEpochMilli()) expired.add(key);
            else repeated.put(key, answer(each, first));
        }
    }

    private static Receipt answer(Request request, Seen first) {
        if (first.fingerprint().equals(request.fingerprint())) return new Receipt.Repeated(first.answer());
        return new Receipt.Rejected(new Refused(
                "request_id_reused",
                "request id '" + request.id() + "' was used for another request: use a new id for each request"));
    }

    private void add(Columns rows, Request request, String answer) {
        rows.add(request.namespace().name(), request.id(), request.fingerprint(), answer, tx.now());
    }

    /** The answer to a repetition; null if it is none. */
    @Nullable
    Receipt seenBefore(Request request) {
        return repeated.get(RequestKey.of(request));
    }

    /**
     * Keeps the answers.
     *
     * @param answers of those that were not repeated; null for one that is not answered
     */
    void answer(Map<Request, @Nullable String> answers) throws SQLException {
        var kept = new Columns(ROW);
        var left = new Columns(TEXT, TEXT);
        for (Map.Entry<Request, @Nullable String> each : answers.entrySet()) {
            Request request = each.getKey();
            String answer = each.getValue();
            boolean stands = request.answer().equals(answer) && !expired.contains(RequestKey.of(request));
            if (answer == null) left.add(request.namespace().name(), request.id());
            else if (!stands) add(kept, request, answer);
        }
        if (!kept.isEmpty()) kept.in(tx.sql(ANSWER)).update();
        if (!left.isEmpty()) left.in(tx.sql(LEAVE)).update();
    }
}
