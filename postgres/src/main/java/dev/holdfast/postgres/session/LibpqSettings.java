package dev.holdfast.postgres.session;

import dev.holdfast.core.Refused;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/** The settings of libpq, by what they are to the driver. */
final class LibpqSettings {
    /** Ours to say; a URL that was made for another program may name them. */
    static final Set<String> OURS = Set.of(
            "application_name",
            "fallback_application_name",
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
            "keepalives_count",
            "tcp_user_timeout",
            "client_encoding");

    private static final Map<String, PGProperty> KNOWN = Map.ofEntries(
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
            Map.entry("gssencmode", PGProperty.GSS_ENC_MODE),
            Map.entry("connect_timeout", PGProperty.CONNECT_TIMEOUT),
            Map.entry("options", PGProperty.OPTIONS),
            Map.entry("target_session_attrs", PGProperty.TARGET_SERVER_TYPE));

    private static final String IN_THE_ADDRESS = "write it before the name of the database, as host:5432";
    /** What to do instead. */
    private static final Map<String, String> INSTEAD = Map.ofEntries(
            Map.entry(
                    "passfile", "name the file by PGPASSFILE in the environment; ~/.pgpass is looked at without that"),
            Map.entry("host", IN_THE_ADDRESS),
            Map.entry("hostaddr", IN_THE_ADDRESS),
            Map.entry("port", IN_THE_ADDRESS),
            Map.entry("service", "write what it stands for into the URL"),
            Map.entry("servicefile", "write what it stands for into the URL"),
            Map.entry("load_balance_hosts", "hosts are tried in the order in which the URL names them"),
            Map.entry("sslcrl", "name a root certificate that vouches for this server only (sslrootcert)"),
            Map.entry("sslcrldir", "name a root certificate that vouches for this server only (sslrootcert)"),
            Map.entry("ssl_min_protocol_version", "Java says which are good enough (jdk.tls.client.protocols)"),
            Map.entry("ssl_max_protocol_version", "Java says which are good enough (jdk.tls.client.protocols)"));

    private LibpqSettings() {}

    static @Nullable PGProperty property(String name) {
        return KNOWN.get(name);
    }

    static Refused unknown(String name, String value) {
        if (name.equals("host") && (value.startsWith("/") || value.startsWith("@"))) return DatabaseUrl.unixSocket();
        String instead = INSTEAD.get(name);
        return DatabaseUrl.refused(
                instead == null
                        ? "the setting '" + name + "' is not one that is known here; known are " + names()
                        : "the setting '" + name + "' is not known here: " + instead);
    }

    /** Its name may be what follows an & of the password. */
    static Refused unknownAfterSecret() {
        return DatabaseUrl.refused("a setting after the password is not one that is known here; known are " + names()
                + ". " + DatabaseUrl.ENCODE);
    }

    private static String names() {
        return String.join(", ", new TreeSet<>(KNOWN.keySet()));
    }

    /** Of {@code target_session_attrs}. */
    static String server(String value) {
        return switch (value) {
            case "any", "" -> "any";
            case "read-write", "primary" -> "primary";
            case "read-only", "standby" -> "secondary";
            case "prefer-standby" -> "preferSecondary";
            default ->
                throw DatabaseUrl.refused("target_session_attrs=" + value
                        + " is none of any, read-write, primary, read-only, standby, prefer-standby");
        };
    }
}
