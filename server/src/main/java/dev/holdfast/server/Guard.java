package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.node.ApiKey;
import dev.holdfast.node.KeyBook;
import dev.holdfast.node.WatchLink;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who may ask for what. Where only this machine asks, and before any key was made, everything is open to everybody.
 *
 * <p>The keys are read once a second, so a revocation counts everywhere a second later. One that is not among them is looked for
 * again at once, so a new key counts everywhere from its first use on; made-up ones cost what {@link Recent} allows.
 */
final class Guard {
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /** Whoever reads metrics asks again soon, and gives up soon. */
    private static final Duration GLANCE = Duration.ofMillis(500);

    private static final String BEARER = "bearer ";
    private static final String COOKIE = "holdfast_key=";

    /** The parameter of a link's token. */
    static final String LINK = "watch";

    private final Endpoint endpoint;
    private final Recent<KeyBook> keys;
    private final Runnable open;

    /** @param open throws {@link Unavailable} with the reason, unless the node takes requests: it is asked before the database is */
    Guard(Endpoint endpoint, Recent<KeyBook> keys, Runnable open) {
        this.endpoint = endpoint;
        this.keys = keys;
        this.open = open;
    }

    /**
     * Pages of others must not reach a server through somebody's browser, except for what is shared with those that are
     * allowed.
     *
     * @throws Refused {@code origin_refused}
     */
    void checkOrigin(ServerRequest request, Router.Route route) {
        if (route.method().equals("GET")) return;
        String origin = request.headers().first(HeaderNames.ORIGIN).orElse(null);
        if (isOwn(request)
                || (route.isShared() && origin != null && endpoint.origins().allows(origin))) return;
        throw foreign(String.valueOf(origin));
    }

    static Refused foreign(String origin) {
        return new Refused(
                "origin_refused",
                "a page of '" + Text.shown(origin)
                        + "' may not do this here; if it is the page of this server behind a balancer, start the server"
                        + " with --origin and that address; if it is one of yours that watches runs, with --allow-origin");
    }

    /** Whether no page asks, or one of this server. */
    private boolean isOwn(ServerRequest request) {
        String origin = request.headers().first(HeaderNames.ORIGIN).orElse(null);
        return origin == null
                || endpoint.shows(
                        origin, request.headers().first(HeaderNames.HOST).orElse(""));
    }

    /** @throws Refused {@code host_refused} */
    void checkName(ServerRequest request) {
        if (endpoint.isLoopback())
            checkName(request.headers().first(HeaderNames.HOST).orElse(""));
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
     * As whom the request is let in.
     *
     * @throws Refused {@code key_required}, {@code key_unknown}, {@code key_revoked}, {@code scope_missing}; {@code
     *     link_invalid}, {@code link_expired}, {@code link_revoked}
     * @throws Unavailable if the node takes no requests, or nobody can tell whether the key holds
     */
    Pass demand(Router.Match match, ServerRequest request) throws InterruptedException {
        return switch (match.route().access()) {
            case Access.Everybody everybody -> new Pass.Open();
            case Access.Key key -> {
                open.run();
                yield check(key.scope(), keys.within(FRESH, PATIENCE), PATIENCE, request);
            }
            case Access.Watching watching -> {
                open.run();
                KeyBook book = keys.within(FRESH, PATIENCE);
                Optional<String> token = request.query().first(LINK).asOptional();
                yield token.isPresent()
                        ? linked(token.get(), match, book)
                        : check(ApiKey.Scope.READ, book, PATIENCE, request);
            }
            case Access.KnownKey key -> check(key.scope(), known(), GLANCE, request);
        };
    }

    private Pass linked(String token, Router.Match match, KeyBook book) throws InterruptedException {
        if (!KeyBook.isLink(token)) throw noLink();
        RunId run = RunId.parse(match.variables().getOrDefault("id", "")).orElseThrow(Guard::noLink);
        // The key by which it was made may have been made since.
        KeyBook newest = book.link(token, run).isPresent() ? book : keys.within(Duration.ZERO, PATIENCE);
        WatchLink link = newest.link(token, run).orElseThrow(Guard::noLink);
        if (link.key() == null && endpoint.isReachedByOthers()) throw required();
        Pass pass = new Pass.Linked(link);
        Optional<Refused> refusal = pass.refusal(newest, Instant.now());
        if (refusal.isPresent()) throw refusal.get();
        return pass;
    }

    private static Refused noLink() {
        return new Refused("link_invalid", "this is no link to this run, or it was not copied as a whole");
    }

    private KeyBook known() throws InterruptedException {
        try {
            return keys.within(FRESH, GLANCE);
        } catch (Unavailable e) {
            return keys.known().orElseThrow(() -> e);
        }
    }

    private Pass check(ApiKey.Scope scope, KeyBook book, Duration patience, ServerRequest request)
            throws InterruptedException {
        if (!endpoint.isReachedByOthers() && book.isEmpty()) return new Pass.Open();
        String presented = presented(request).orElseThrow(Guard::required);
        ApiKey key = find(presented, book, patience)
                .orElseThrow(() -> new Refused(
                        "key_unknown", "this API key is none of those there are, or was not copied as a whole"));
        if (!key.holds()) throw revoked(key);
        if (!key.scope().includes(scope)) {
            throw new Refused(
                    "scope_missing",
                    "the API key " + shown(key) + " has the scope " + lower(key.scope()) + ", and this needs "
                            + lower(scope));
        }
        return new Pass.Keyed(key);
    }

    static Refused required() {
        return new Refused(
                "key_required",
                "this needs an API key: send 'Authorization: Bearer KEY' ('holdfast keys create' makes one)");
    }

    static Refused revoked(ApiKey key) {
        return new Refused("key_revoked", "the API key " + shown(key) + " was revoked: use another one");
    }

    /** What is not in the book may have been made since. */
    private Optional<ApiKey> find(String presented, KeyBook book, Duration patience) throws InterruptedException {
        if (!KeyBook.isKey(presented)) return Optional.empty();
        Optional<ApiKey> known = book.find(presented);
        return known.isPresent() ? known : keys.within(Duration.ZERO, patience).find(presented);
    }

    /** As programs send it, or as browsers do for our pages, which cannot add a header to what they open. */
    private Optional<String> presented(ServerRequest request) {
        Optional<String> header = request.headers().first(HeaderNames.AUTHORIZATION);
        if (header.isPresent()) {
            return header.filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                    .map(value -> value.substring(BEARER.length()).strip());
        }
        if (!isOwn(request)) return Optional.empty();
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
