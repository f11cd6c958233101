package dev.holdfast.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.util.List;

/**
 * Where a request ends must be beyond doubt: if two readers of a connection disagree about it, one of them takes a part
 * of a body for a request. Helidon takes the last of several lengths and prefers chunks to a length, so we look first.
 */
final class Framing {
    private static final HeaderName REQUEST_ID = HeaderNames.create("Idempotency-Key");

    private Framing() {}

    static void check(ServerRequestHeaders headers) {
        List<String> lengths = headers.all(HeaderNames.CONTENT_LENGTH, List::of);
        if (lengths.size() > 1) throw malformed("it has more than one Content-Length");
        if (!lengths.isEmpty()) {
            if (headers.contains(HeaderNames.TRANSFER_ENCODING)) {
                throw malformed("it has both Content-Length and Transfer-Encoding");
            }
            if (!lengths.getFirst().matches("\\d{1,18}")) throw malformed("its Content-Length is not a number");
        }
        if (headers.all(REQUEST_ID, List::of).size() > 1) throw malformed("it has more than one Idempotency-Key");
    }

    static MalformedException malformed(String what) {
        return new MalformedException(what);
    }

    /** Answered with 400, and the connection is closed: nobody knows where its next request begins. */
    static final class MalformedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private MalformedException(String what) {
            super(what);
        }
    }
}
