package dev.holdfast.postgres.session;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/** {@code postgres://user:password@host:port,host:port/database?setting=value&…} */
final class LibpqUrl {
    private static final List<String> SCHEMES = List.of("postgres://", "postgresql://");
    private static final String DEFAULT_PORT = "5432";

    private final Properties found = new Properties();
    /** Whether a password was among the settings: what comes after it may be its end. */
    private boolean secret;

    private LibpqUrl() {}

    static boolean isOne(String url) {
        return SCHEMES.stream().anyMatch(url::startsWith);
    }

    static Properties parse(String url) {
        var parsed = new LibpqUrl();
        parsed.read(url.substring(url.indexOf("//") + 2));
        return parsed.found;
    }

    private void read(String rest) {
        int question = rest.indexOf('?');
        String address = question < 0 ? rest : rest.substring(0, question);
        int slash = address.indexOf('/');
        String authority = slash < 0 ? address : address.substring(0, slash);
        if (rest.indexOf('@', authority.length()) >= 0) {
            throw DatabaseUrl.refused(
                    "an @ comes after the first / or ?, so that it is not clear where a password ends. "
                            + DatabaseUrl.ENCODE);
        }
        if (slash >= 0) put(PGProperty.PG_DBNAME, decoded(address.substring(slash + 1)));
        int at = authority.lastIndexOf('@');
        if (at >= 0) credentials(authority.substring(0, at));
        hosts(authority.substring(at + 1));
        if (question >= 0) {
            for (String setting : rest.substring(question + 1).split("&", -1)) {
                if (!setting.isEmpty()) setting(setting);
            }
        }
        if (PGProperty.USER.getOrDefault(found) == null) throw DatabaseUrl.refused("it names no user");
        if (PGProperty.PG_DBNAME.getOrDefault(found) == null) {
            put(PGProperty.PG_DBNAME, found.getProperty(PGProperty.USER.getName()));
        }
    }

    private void credentials(String text) {
        int colon = text.indexOf(':');
        put(PGProperty.USER, decoded(colon < 0 ? text : text.substring(0, colon)));
        if (colon >= 0) put(PGProperty.PASSWORD, decoded(text.substring(colon + 1)));
    }

    /** One or more, as host, host:port or [address]:port. */
    private void hosts(String text) {
        var hosts = new StringJoiner(",");
        var ports = new StringJoiner(",");
        for (String one : text.split(",", -1)) {
            int colon = one.indexOf(':', Math.max(0, one.indexOf(']')));
            String host = decoded(colon < 0 ? one : one.substring(0, colon));
            hosts.add(host.isEmpty() ? "localhost" : host);
            ports.add(colon < 0 || colon == one.length() - 1 ? DEFAULT_PORT : one.substring(colon + 1));
        }
        put(PGProperty.PG_HOST, hosts.toString());
        put(PGProperty.PG_PORT, ports.toString());
    }

    private void setting(String text) {
        int equals = text.indexOf('=');
        String name = decoded(equals < 0 ? text : text.substring(0, equals));
        String value = equals < 0 ? "" : decoded(text.substring(equals + 1));
        if (LibpqSettings.OURS.contains(name)) return;
        PGProperty property = LibpqSettings.property(name);
        if (property == null) {
            throw secret ? LibpqSettings.unknownAfterSecret() : LibpqSettings.unknown(name, value);
        }
        if (property == PGProperty.PASSWORD || property == PGProperty.SSL_PASSWORD) secret = true;
        else if (property == PGProperty.TARGET_SERVER_TYPE) value = LibpqSettings.server(value);
        else if (!value.isEmpty() && property != PGProperty.REQUIRE_AUTH)
            DatabaseUrl.demandKnown(name, property, value);
        put(property, value);
    }

    private void put(PGProperty property, @Nullable String value) {
        if (value != null && !value.isEmpty()) found.setProperty(property.getName(), value);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // Not the cause of what is thrown: it quotes what may be a password.
            throw DatabaseUrl.refused("what follows a % in it is no character. " + DatabaseUrl.ENCODE);
        }
    }
}
