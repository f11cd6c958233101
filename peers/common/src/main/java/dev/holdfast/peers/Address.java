package dev.holdfast.peers;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A server in the form of libpq, {@code postgresql://user:password@host:port/database?name=value}. */
record Address(URI uri) {
    /** The name of the variable that has it. */
    static final String VARIABLE = "PEERS_POSTGRES";

    static Address given() {
        String text = System.getenv(VARIABLE);
        if (text == null) throw new IllegalArgumentException(VARIABLE + " is not set: postgresql://…");
        return new Address(URI.create(text));
    }

    String jdbc() {
        String path = uri.getPath();
        return jdbc(path == null || path.length() < 2 ? "postgres" : path.substring(1));
    }

    /** The same server, another database. */
    String jdbc(String database) {
        var query = new StringJoiner("&", "?", "").setEmptyValue("");
        String[] who =
                uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
        if (who.length > 0) query.add("user=" + encoded(who[0]));
        if (who.length > 1) query.add("password=" + encoded(who[1]));
        if (uri.getRawQuery() != null) query.add(uri.getRawQuery());
        int port = uri.getPort() < 0 ? 5432 : uri.getPort();
        return "jdbc:postgresql://" + host(uri.getHost()) + ":" + port + "/" + encoded(database) + query;
    }

    private static String host(@Nullable String host) {
        return host == null ? "localhost" : host;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
