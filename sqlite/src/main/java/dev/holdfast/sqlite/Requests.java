package dev.holdfast.sqlite;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Answers to request ids. */
final class Requests {
    private static final String REQUEST = "SELECT fingerprint, answer, at FROM requests WHERE namespace = ? AND id = ?";
    private static final String ANSWER =
            "INSERT OR REPLACE INTO requests (namespace, id, fingerprint, answer, at) VALUES (?, ?, ?, ?, ?)";

    private Requests() {}

    private record Seen(String fingerprint, String answer, long at) {}

    /** The answer to a repetition; null if it is none. */
    static @Nullable Receipt seenBefore(Transaction tx, Request request) throws SQLException {
        var first = tx.readApart(REQUEST)
                .text(request.namespace().name())
                .text(request.id())
                .first(r -> new Seen(r.text(), r.text(), r.number()));
        if (first.isEmpty()) return null;
        long expires = first.get().at() + Defaults.REQUEST_RETENTION.toMillis();
        if (expires <= tx.now().toEpochMilli()) return null;
        if (first.get().fingerprint().equals(request.fingerprint())) {
            return new Receipt.Repeated(first.get().answer());
        }
        return new Receipt.Rejected(new Refused(
                "request_id_reused",
                "request id '" + request.id() + "' was used for another request: use a new id for each request"));
    }

    static void answer(Transaction tx, Request request, String answer) throws SQLException {
        tx.writeApart(ANSWER)
                .text(request.namespace().name())
                .text(request.id())
                .text(request.fingerprint())
                .text(answer)
                .instant(tx.now())
                .update();
    }
}
