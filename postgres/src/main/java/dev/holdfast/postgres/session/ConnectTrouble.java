package dev.holdfast.postgres.session;

import dev.holdfast.core.Refused;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** Why no session can be had, and what to do about it. */
final class ConnectTrouble {
    private static final String UNREACHABLE = "database_unreachable";
    private static final String FAILED = "database_failed";
    static final Set<String> PASSING = Set.of(UNREACHABLE, FAILED);

    private ConnectTrouble() {}

    static Refused atBoot(SQLException e, DatabaseUrl url) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String said = String.valueOf(e.getMessage());
        return switch (state) {
            case "28P01" ->
                refused(
                        "database_login",
                        url,
                        "user or password are wrong: check the URL, and with psql on this machine",
                        e);
            case "28000" ->
                refused(
                        "database_login",
                        url,
                        said.contains("pg_hba.conf")
                                ? "its pg_hba.conf has no entry that lets this user in from here "
                                        + (isEncrypted(said) ? "with" : "without")
                                        + " TLS: add one, or change sslmode of the URL"
                                : "there is no such user, or it may not log in",
                        e);
            case "3D000" ->
                refused(
                        "database_missing",
                        url,
                        "there is no such database: CREATE DATABASE \"" + url.database() + "\" OWNER \"" + url.user()
                                + "\"",
                        e);
            case "42501" ->
                refused(
                        "database_rights",
                        url,
                        "the user may not do there what a node does: give it the rights that docs/operations.md lists",
                        e);
            case "53300" ->
                refused(
                        "database_connections",
                        url,
                        "it has no room for another session: raise max_connections, or the limit of this user, or end"
                                + " what is idle",
                        e);
            case "08P01" ->
                isSaidByServer(e)
                        ? refused(
                                "database_pooler",
                                url,
                                "it speaks like a pooler that does not pass everything on: name the server itself",
                                e)
                        : refused(
                                UNREACHABLE,
                                url,
                                "what answers there does not speak as PostgreSQL does: check host and port",
                                e);
            case "08004" ->
                isAboutTls(e)
                        ? tls(url, e)
                        : refused(
                                "database_login",
                                url,
                                "the server asks for another proof of who the user is than it was given: check user and"
                                        + " password of the URL, and pg_hba.conf of the server; where the URL names several"
                                        + " servers, only an entry of PGPASSFILE with * for host and port is for them",
                                e);
            case "22023" ->
                isSaidByServer(e)
                        ? failed(url, e)
                        : refused("database_url", url, "a setting of the URL has a value that it cannot have", e);
            case "57P03" -> refused(UNREACHABLE, url, "the server starts or stops: try again in a moment", e);
            default -> other(url, e, state);
        };
    }

    private static Refused other(DatabaseUrl url, SQLException e, String state) {
        // TLS is not to blame for a way that ends in the middle of it.
        if (!isCutOff(e) && isAboutTls(e)) return tls(url, e);
        if (isSaidByServer(e) && !state.startsWith("08") && !state.startsWith("57")) return failed(url, e);
        return refused(
                UNREACHABLE,
                url,
                String.valueOf(e.getMessage()).contains("targetServerType")
                        ? "none of the servers that it names is there and the primary"
                        : "no session could be had: check that the server runs, listens there, and that no firewall is"
                                + " between",
                e);
    }

    private static Refused failed(DatabaseUrl url, SQLException e) {
        return refused(FAILED, url, "it refuses what a node asks at its boot", e);
    }

    private static boolean isSaidByServer(SQLException e) {
        return e instanceof PSQLException told && told.getServerErrorMessage() != null;
    }

    private static boolean isCutOff(SQLException e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException
                    || cause instanceof SocketException
                    || cause instanceof EOFException
                    || cause instanceof UnknownHostException) return true;
        }
        return false;
    }

    private static Refused tls(DatabaseUrl url, SQLException e) {
        return refused(
                "database_tls",
                url,
                "client and server do not agree about TLS: check sslmode and sslrootcert of the URL, and ssl and"
                        + " pg_hba.conf of the server",
                e);
    }

    /** Whoever is not let in is told how he spoke: "no encryption" or "SSL encryption", and of old "SSL off" or "SSL on". */
    private static boolean isEncrypted(String said) {
        return said.contains("SSL") && !said.contains("SSL off");
    }

    private static boolean isAboutTls(SQLException e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || cause instanceof GeneralSecurityException) return true;
        }
        String said = String.valueOf(e.getMessage());
        return said.contains("SSL") || said.contains("hostnameverifier");
    }

    private static Refused refused(String code, DatabaseUrl url, String why, SQLException cause) {
        var refused = new Refused(
                code, "the database " + url.shown() + " cannot be used: " + why + ". It says: " + cause.getMessage());
        refused.initCause(cause);
        return refused;
    }
}
