package dev.holdfast.server;

import dev.holdfast.core.Refused;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Origins of pages, as browsers name them: {@code https://runs.example.com}, in lower case and without a usual port.
 *
 * @param own where else the page of the server is shown, beside its address
 * @param allowed of others' pages, which may watch runs and talk, as whoever they have a key or a link of
 */
public record Origins(Set<String> own, Set<String> allowed) {
    /** No other page than its own, and that at its address only. */
    public static final Origins NONE = new Origins(Set.of(), Set.of());

    private static final Map<String, Integer> USUAL = Map.of("http", 80, "https", 443);

    public Origins {
        own = Set.copyOf(own);
        allowed = Set.copyOf(allowed);
    }

    /** @throws Refused {@code origin_invalid} */
    Origins withOwn(String origin) {
        return new Origins(with(own, origin), allowed);
    }

    /** @throws Refused {@code origin_invalid} */
    Origins withAllowed(String origin) {
        return new Origins(own, with(allowed, origin));
    }

    private static Set<String> with(Set<String> origins, String another) {
        var all = new TreeSet<>(origins);
        all.add(normal(another));
        return all;
    }

    /** Whether a page of this origin, as its browser says it, was allowed. */
    boolean allows(String origin) {
        return allowed.contains(origin.toLowerCase(Locale.ROOT));
    }

    private static String normal(String text) {
        try {
            URI uri = new URI(text.toLowerCase(Locale.ROOT));
            boolean bare = uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawUserInfo() == null
                    && "".equals(uri.getRawPath());
            Integer usual = uri.getScheme() == null ? null : USUAL.get(uri.getScheme());
            if (bare && usual != null && uri.getHost() != null) {
                String port = uri.getPort() < 0 || uri.getPort() == usual ? "" : ":" + uri.getPort();
                return uri.getScheme() + "://" + uri.getHost() + port;
            }
        } catch (URISyntaxException e) {
            // Told below.
        }
        throw new Refused(
                "origin_invalid",
                "'" + Text.shown(text)
                        + "' is no origin of a page: they look like https://runs.example.com, without a path");
    }
}
