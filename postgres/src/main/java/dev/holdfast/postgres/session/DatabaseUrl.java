package dev.holdfast.postgres.session;

import dev.holdfast.core.Refused;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.postgresql.PGProperty;
import org.postgresql.util.HostSpec;

/**
 * A database's URL in either form, as the driver takes it. What is not understood is refused, before the driver sees it: it may
 * have been about TLS, and the driver writes what it does not understand into the log.
 *
 * <p>Nothing that is refused here is shown if it may be a part of a password.
 */
final class DatabaseUrl {
    static final String JDBC = "jdbc:postgresql:";

    /** A node that watches the others turns once in six seconds, or stops; in a turn it may have to log in. */
    private static final int LONGEST_LOGIN = 5;

    private static final Set<String> PRIMARIES = Set.of("any", "primary", "master");

    private static final Pattern LOGIN = Pattern.compile("[1-" + LONGEST_LOGIN + "]");
    private static final Pattern HOST = Pattern.compile("[^\\s/?#@&=\\\\]+");

    /** Without a word of what was found: it may be a part of a password. */
    static final String ENCODE =
            "In a user's name or a password write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A, & as"
                    + " %26 and % as %25";

    static final String NO_PORT = "a port is not a number from 1 to 65535. " + ENCODE;

    private final Properties properties;

    private DatabaseUrl(Properties properties) {
        this.properties = properties;
    }

    /** @throws Refused {@code database_url} */
    static DatabaseUrl parse(String url) {
        Properties found;
        if (url.startsWith(JDBC)) found = JdbcUrl.parse(url);
        else if (LibpqUrl.isOne(url)) found = LibpqUrl.parse(url);
        else throw refused("it begins with neither postgres:// nor jdbc:postgresql://");
        Tls.settle(found);
        demandAddress(found);
        demandLogin(found);
        return new DatabaseUrl(found);
    }

    static Refused refused(String why) {
        return new Refused(
                "database_url",
                "the URL of the database cannot be used: " + why
                        + ". Write it as postgres://user:password@host:5432/database?sslmode=verify-full");
    }

    static Refused unixSocket() {
        return refused("it names a Unix socket, and sessions are made over TCP only: name a host, as 127.0.0.1:5432");
    }

    /** Refuses a value that is none of those that the driver knows, whatever case it is written in. */
    static void demandKnown(String name, PGProperty property, String value) {
        String[] known = property.getChoices();
        if (known == null || Arrays.stream(known).anyMatch(value::equalsIgnoreCase)) return;
        throw refused(name + "=" + value + " is none of " + String.join(", ", known));
    }

    private static void demandAddress(Properties found) {
        for (String host :
                String.valueOf(PGProperty.PG_HOST.getOrDefault(found)).split(",", -1)) {
            if (host.startsWith("/") || host.startsWith("@")) {
                throw unixSocket();
            }
            if (!HOST.matcher(host).matches()) throw refused("what stands for a host cannot be one");
        }
        for (String port :
                String.valueOf(PGProperty.PG_PORT.getOrDefault(found)).split(",", -1)) {
            if (!isPort(port)) throw refused(NO_PORT);
        }
    }

    private static boolean isPort(String text) {
        return text.length() <= 5
                && !text.isEmpty()
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(text) >= 1
                && Integer.parseInt(text) <= 65_535;
    }

    private static void demandLogin(Properties found) {
        String given = found.getProperty(PGProperty.CONNECT_TIMEOUT.getName());
        if (given == null || LOGIN.matcher(given).matches()) return;
        throw refused("connect_timeout=" + given + " is not 1 to " + LONGEST_LOGIN
                + " (seconds, for each server that it names): a node that waits for a session for longer than that stops,"
                + " because it would not see others die");
    }

    /** For the driver, with everything but the address in {@link #settings()}. */
    String jdbc() {
        String[] hosts = text(PGProperty.PG_HOST).split(",", -1);
        String[] ports = text(PGProperty.PG_PORT).split(",", -1);
        var address = new StringJoiner(",");
        for (int i = 0; i < hosts.length; i++) address.add(hosts[i] + ":" + ports[Math.min(i, ports.length - 1)]);
        return JDBC + "//" + address + "/";
    }

    /** The same for one of the servers. */
    static String jdbc(HostSpec server) {
        return JDBC + "//" + server.getHost() + ":" + server.getPort() + "/";
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

    boolean verifies() {
        return text(PGProperty.SSL_MODE).startsWith("verify");
    }

    /** For how long each server that it names is asked for a session. */
    int loginSeconds() {
        String given = properties.getProperty(PGProperty.CONNECT_TIMEOUT.getName());
        return given == null ? LONGEST_LOGIN : Integer.parseInt(given);
    }

    /** @throws Refused {@code database_url} if it asks for a server that cannot be written */
    void demandPrimary() {
        String wanted = text(PGProperty.TARGET_SERVER_TYPE).toLowerCase(Locale.ROOT);
        if (PRIMARIES.contains(wanted)) return;
        throw refused("target_session_attrs asks for a standby, and nodes write: name the primary, or all servers with"
                + " target_session_attrs=primary");
    }

    private String text(PGProperty property) {
        String value = property.getOrDefault(properties);
        return value == null ? "" : value;
    }
}
