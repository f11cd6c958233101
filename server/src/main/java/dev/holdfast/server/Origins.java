package dev.holdfast.server;

import dev.holdfast.core.Refused;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;

/** Origins of pages, as browsers name them: {@code https://runs.example.com}, in lower case and without a usual port. */
final class Origins {
    private static final Map<String, Integer> USUAL = Map.of("http", 80, "https", 443);

    private Origins() {}

    /** @throws Refused {@code origin_invalid} */
    static String normal(String text) {
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
