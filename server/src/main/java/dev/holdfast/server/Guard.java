package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.node.ApiKey;
import dev.holdfast.node.KeyBook;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask for what. On the addresses of this machine, and before any key was made, everything is open to everybody.
 *
 * <p>The keys are read at most once a second, so a revocation counts everywhere a second later. One that is not among them is
 * looked for again at once, so a new key counts everywhere from its first use on.
 */
final class Guard {
    private static final long FRESH_NANOS = 1_000_000_000;
    private static final String BEARER = "bearer ";
    private static final String COOKIE = "holdfast_key=";

    private final Endpoint endpoint;
    private final Supplier<KeyBook> keys;
    private volatile @Nullable Seen seen;

    /** @param since when it was asked for */
    private record Seen(KeyBook book, long since) {}

    /** @param keys asks the database */
    Guard(Endpoint endpoint, Supplier<KeyBook> keys) {
        this.endpoint = endpoint;
        this.keys = keys;
    }

    /**
     * Pages of others must not reach a server through somebody's browser.
     *
     * @throws Refused {@code host_refused}, {@code origin_refused}
     */
    void checkOrigin(ServerRequest request, String method) {
        String host = request.headers().first(HeaderNames.HOST).orElse("");
        if (endpoint.isLoopback()) checkName(host);
        if (method.equals("GET") || method.equals("HEAD")) return;
        String origin = request.headers().first(HeaderNames.ORIGIN).orElse(null);
        if (origin != null && !origin.equalsIgnoreCase(endpoint.scheme() + "://" + host)) {
            throw new Refused("origin_refused", "a page of '" + Text.shown(origin) + "' may not change anything here");
        }
    }

    /** Another name in Host means that a foreign page had its name point here. */
    private void checkName(String host) {
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        // Names have no case, and a dot at the end says only that they are complete.
        String bare = (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).toLowerCase(Locale.ROOT);
        Set<String> own = endpoint.names();
        if (own.contains(bare)) return;
        throw new Refused(
                "host_refused",
                "this server answers on this machine only, to " + own + ", not to '" + Text.shown(name) + "'");
    }

    /**
     * @param scope null for what everybody may
     * @throws Refused {@code key_required}, {@code key_unknown}, {@code key_revoked}, {@code scope_missing}
     * @throws dev.holdfast.core.Unavailable if nobody can tell
     */
    void demand(ApiKey.@Nullable Scope scope, ServerRequest request) {
        if (scope == null) return;
        long asked = System.nanoTime();
        KeyBook book = newest(asked - FRESH_NANOS);
        if (endpoint.isLoopback() && book.isEmpty()) return;
        String presented = presented(request)
                .orElseThrow(() -> new Refused(
                        "key_required",
                        "this needs an API key: send 'Authorization: Bearer KEY' ('holdfast keys create' makes one)"));
        ApiKey key = book.find(presented)
                .or(() -> newest(asked).find(presented))
                .orElseThrow(() -> new Refused(
                        "key_unknown", "this API key is none of those there are, or was not copied as a whole"));
        if (!key.holds()) {
            throw new Refused("key_revoked", "the API key " + shown(key) + " was revoked: use another one");
        }
        if (!key.scope().includes(scope)) {
            throw new Refused(
                    "scope_missing",
                    "the API key " + shown(key) + " has the scope " + lower(key.scope()) + ", and this needs "
                            + lower(scope));
        }
    }

    /** Keys that were asked for after that time; one look for all who wait for it. */
    private KeyBook newest(long after) {
        Seen last = seen;
        if (last != null && last.since() - after > 0) return last.book();
        synchronized (this) {
            last = seen;
            if (last != null && last.since() - after > 0) return last.book();
            long now = System.nanoTime();
            KeyBook book = keys.get();
            seen = new Seen(book, now);
            return book;
        }
    }

    /** As programs send it, or as browsers do, which cannot add a header to what they open. */
    private static Optional<String> presented(ServerRequest request) {
        Optional<String> header = request.headers().first(HeaderNames.AUTHORIZATION);
        if (header.isPresent()) {
            return header.filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                    .map(value -> value.substring(BEARER.length()).strip());
        }
        for (String cookie :
                request.headers().first(HeaderNames.COOKIE).orElse("").split(";", -1)) {
            String pair = cookie.strip();
            if (pair.startsWith(COOKIE)) return Optional.of(pair.substring(COOKIE.length()));
        }
        return Optional.empty();
    }

    private static String shown(ApiKey key) {
        return "'" + Text.shown(key.name()) + "' (" + key.id() + ")";
    }

    private static String lower(ApiKey.Scope scope) {
        return scope.name().toLowerCase(Locale.ROOT);
    }
}
