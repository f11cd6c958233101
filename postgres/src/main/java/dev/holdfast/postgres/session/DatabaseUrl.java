package dev.holdfast.postgres.session;

import dev.holdfast.core.Refused;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** A database's URL in either form, as the driver takes it. What is not understood is refused: it may have been about TLS. */
final class DatabaseUrl {
    private static final String JDBC = "jdbc:postgresql:";
    private static final String DEFAULT_PORT = "5432";
    private static final Map<String, PGProperty> OF_LIBPQ = Map.ofEntries(
            Map.entry("user", PGProperty.USER),
            Map.entry("password", PGProperty.PASSWORD),
            Map.entry("dbname", PGProperty.PG_DBNAME),
            Map.entry("sslmode", PGProperty.SSL_MODE),
            Map.entry("sslrootcert", PGProperty.SSL_ROOT_CERT),
            Map.entry("sslcert", PGProperty.SSL_CERT),
            Map.entry("sslkey", PGProperty.SSL_KEY),
            Map.entry("sslpassword", PGProperty.SSL_PASSWORD),
            Map.entry("sslnegotiation", PGProperty.SSL_NEGOTIATION),
            Map.entry("channel_binding", PGProperty.CHANNEL_BINDING),
            Map.entry("require_auth", PGProperty.REQUIRE_AUTH),
            Map.entry("connect_timeout", PGProperty.CONNECT_TIMEOUT),
            Map.entry("options", PGProperty.OPTIONS),
            Map.entry("target_session_attrs", PGProperty.TARGET_SERVER_TYPE));
    /** Ours to say; a URL that was made for another program may name them. */
    private static final Set<String> OURS = Set.of(
            "application_name",
            "fallback_application_name",
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
            "keepalives_count",
            "tcp_user_timeout",
            "client_encoding");

    private final Properties properties;

    private DatabaseUrl(Properties properties) {
        this.properties = properties;
    }

    static DatabaseUrl parse(String url) {
        if (url.startsWith(JDBC)) return jdbc(url);
        for (String scheme : new String[] {"postgres://", "postgresql://"}) {
            if (url.startsWith(scheme)) return libpq(url.substring(scheme.length()));
        }
        throw refused("it begins with neither postgres:// nor jdbc:postgresql://");
    }

    private static DatabaseUrl jdbc(String url) {
        Properties parsed = Driver.parseURL(url, null);
        if (parsed == null) throw refused("the driver does not understand it");
        for (String name : parsed.stringPropertyNames()) {
            if (PGProperty.forName(name) == null) throw refused("there is no setting '" + name + "'");
        }
        return new DatabaseUrl(parsed);
    }

    private static DatabaseUrl libpq(String rest) {
        var found = new Properties();
        int question = rest.indexOf('?');
        String address = question < 0 ? rest : rest.substring(0, question);
        int slash = address.indexOf('/');
        String authority = slash < 0 ? address : address.substring(0, slash);
        if (slash >= 0) put(found, PGProperty.PG_DBNAME, decoded(address.substring(slash + 1)));
        int at = authority.lastIndexOf('@');
        if (at >= 0) credentials(found, authority.substring(0, at));
        hosts(found, authority.substring(at + 1));
        if (question >= 0) {
            for (String setting : rest.substring(question + 1).split("&", -1)) {
                if (!setting.isEmpty()) setting(found, setting);
            }
        }
        if (PGProperty.USER.getOrDefault(found) == null) throw refused("it names no user");
        if (PGProperty.PG_DBNAME.getOrDefault(found) == null) {
            put(found, PGProperty.PG_DBNAME, found.getProperty(PGProperty.USER.getName()));
        }
        return new DatabaseUrl(found);
    }

    private static void credentials(Properties found, String text) {
        int colon = text.indexOf(':');
        put(found, PGProperty.USER, decoded(colon < 0 ? text : text.substring(0, colon)));
        if (colon >= 0) put(found, PGProperty.PASSWORD, decoded(text.substring(colon + 1)));
    }

    /** One or more, as host, host:port or [address]:port. */
    private static void hosts(Properties found, String text) {
        var hosts = new StringJoiner(",");
        var ports = new StringJoiner(",");
        for (String one : text.split(",", -1)) {
            int colon = one.indexOf(':', Math.max(0, one.indexOf(']')));
            String host = decoded(colon < 0 ? one : one.substring(0, colon));
            hosts.add(host.isEmpty() ? "localhost" : host);
            ports.add(colon < 0 || colon == one.length() - 1 ? DEFAULT_PORT : one.substring(colon + 1));
        }
        put(found, PGProperty.PG_HOST, hosts.toString());
        put(found, PGProperty.PG_PORT, ports.toString());
    }

    private static void setting(Properties found, String text) {
        int equals = text.indexOf('=');
        String name = decoded(equals < 0 ? text : text.substring(0, equals));
        String value = equals < 0 ? "" : decoded(text.substring(equals + 1));
        if (OURS.contains(name)) return;
        PGProperty property = OF_LIBPQ.get(name);
        if (property == null) throw refused("the setting '" + name + "' is not one that is known here");
        if (property == PGProperty.SSL_ROOT_CERT && value.equals("system")) {
            put(found, PGProperty.SSL_FACTORY, "org.postgresql.ssl.DefaultJavaSSLFactory");
        } else if (property == PGProperty.TARGET_SERVER_TYPE) {
            put(found, property, server(value));
        } else {
            put(found, property, value);
        }
    }

    private static String server(String value) {
        return switch (value) {
            case "any" -> "any";
            case "read-write", "primary" -> "primary";
            default -> throw refused("target_session_attrs=" + value + " leads to a server that cannot be written");
        };
    }

    private static void put(Properties found, PGProperty property, @Nullable String value) {
        if (value != null && !value.isEmpty()) found.setProperty(property.getName(), value);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            var refused = refused("what follows a % in it is no character: write a % itself as %25");
            refused.initCause(e);
            throw refused;
        }
    }

    private static Refused refused(String why) {
        return new Refused(
                "database_url",
                "the URL of the database cannot be used: " + why
                        + ". Write it as postgres://user:password@host:5432/database?sslmode=verify-full");
    }

    /** For the driver, with everything but the address in {@link #settings()}. */
    String jdbc() {
        String[] hosts = text(PGProperty.PG_HOST).split(",", -1);
        String[] ports = text(PGProperty.PG_PORT).split(",", -1);
        var address = new StringJoiner(",");
        for (int i = 0; i < hosts.length; i++) address.add(hosts[i] + ":" + ports[Math.min(i, ports.length - 1)]);
        return JDBC + "//" + address + "/";
    }

    /** A copy of all settings, the user's and the database's name among them. */
    Properties settings() {
        var copy = new Properties();
        copy.putAll(properties);
        return copy;
    }

    /** For people, without a password. */
    String shown() {
        return jdbc().substring(JDBC.length() + 2) + text(PGProperty.PG_DBNAME) + " as " + text(PGProperty.USER);
    }

    String user() {
        return text(PGProperty.USER);
    }

    String database() {
        return text(PGProperty.PG_DBNAME);
    }

    /** Whether it asks for TLS, or leaves that to the server. */
    boolean mustEncrypt() {
        String mode = text(PGProperty.SSL_MODE).toLowerCase(Locale.ROOT);
        return mode.equals("require") || mode.startsWith("verify");
    }

    private String text(PGProperty property) {
        String value = property.getOrDefault(properties);
        return value == null ? "" : value;
    }
}
