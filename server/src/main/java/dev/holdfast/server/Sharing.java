package dev.holdfast.server;

import dev.holdfast.core.Refused;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;

/**
 * What pages of other origins are told (CORS): those that are allowed may read the answers of routes that are shared, and
 * nothing else. They are let in by a key or a link that they have, never by a cookie, so there is no word of credentials.
 */
final class Sharing {
    private static final HeaderName ORIGIN = HeaderNames.create("Access-Control-Allow-Origin");
    private static final String HEADERS = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID";
    /** Seconds: a browser asks again after that. */
    private static final String MAX_AGE = "600";

    private final Origins origins;
    private final Router router;

    Sharing(Origins origins, Router router) {
        this.origins = origins;
        this.router = router;
    }

    /** Whether a browser asks if it may ask. */
    static boolean isPreflight(ServerRequest request, String method) {
        return method.equals("OPTIONS")
                && request.headers().contains(HeaderNames.ORIGIN)
                && request.headers().contains(HeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /** @throws Refused {@code origin_refused} unless the origin is allowed and what it wants to ask is shared */
    Answer preflight(ServerRequest request, String path) {
        String origin = request.headers().first(HeaderNames.ORIGIN).orElse("");
        String wanted = request.headers()
                .first(HeaderNames.ACCESS_CONTROL_REQUEST_METHOD)
                .orElse("");
        Router.Route route = router.match(wanted, path).route();
        if (!route.isShared() || !origins.allows(origin)) throw Guard.foreign(origin);
        return new Answer.Whole(
                204,
                "",
                "",
                Map.of(
                        "Access-Control-Allow-Origin", origin,
                        "Access-Control-Allow-Methods", route.method(),
                        "Access-Control-Allow-Headers", HEADERS,
                        "Access-Control-Max-Age", MAX_AGE,
                        "Vary", "Origin"));
    }

    /** Says in the answer who may read it. */
    void share(Router.Route route, ServerRequest request, ServerResponse response) {
        if (!route.isShared() || origins.allowed().isEmpty()) return;
        response.header(HeaderNames.VARY, "Origin");
        String origin = request.headers().first(HeaderNames.ORIGIN).orElse("");
        if (origins.allows(origin)) response.header(ORIGIN, origin);
    }
}
