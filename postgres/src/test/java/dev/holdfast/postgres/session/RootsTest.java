package dev.holdfast.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.core.Refused;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.localpg.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that lets everybody in, with TLS or without: whoever speaks to it must look by himself who it is. */
class RootsTest {
    @TempDir
    static Path folder;

    private static Certificate own;
    private static Certificate other;
    private static LocalPostgres server;

    @BeforeAll
    static void begin() throws Exception {
        own = Certificate.in(folder, "own");
        other = Certificate.in(folder, "other");
        Path entries = Files.writeString(folder.resolve("hba.conf"), "host all all 127.0.0.1/32 trust\n");
        server = LocalPostgres.start(
                folder.resolve("data"),
                Settings.standard()
                        .with("ssl", "on")
                        .with("ssl_cert_file", own.file().toString())
                        .with("ssl_key_file", own.key().toString())
                        .with("hba_file", entries.toString()));
    }

    @AfterAll
    static void end() {
        if (server != null) server.close();
    }

    @Test
    void whoTrustsTheSystemGetsNoneThatTheSystemDoesNotKnow() {
        refused("127.0.0.1", "sslrootcert=system");
        refused("127.0.0.1", "sslrootcert=system&sslmode=verify-full");
        // Nor one that speaks in the clear.
        try (var plain = TestDatabase.fresh()) {
            refused(plain.url() + "?sslrootcert=system");
        }
    }

    @Test
    void whoRequiresTlsAndNamesARootGetsNoneThatItDoesNotVouchFor() throws SQLException {
        refused("127.0.0.1", "sslmode=require&sslrootcert=" + other.file());
        refused("127.0.0.1", "sslmode=require&sslrootcert=" + folder.resolve("none.crt"));
        // By whatever name: that is for verify-full.
        letIn("localhost", "sslmode=require&sslrootcert=" + own.file());
        refused("localhost", "sslmode=verify-full&sslrootcert=" + own.file());
        letIn("127.0.0.1", "sslmode=verify-full&sslrootcert=" + own.file());
        letIn("127.0.0.1", "sslmode=require");
    }

    private static void letIn(String host, String settings) throws SQLException {
        try (Connection session = Connections.to(url(host, settings)).open();
                var statement = session.createStatement();
                var row = statement.executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
            row.next();
            assertThat(row.getBoolean(1)).isTrue();
        }
    }

    private static void refused(String host, String settings) {
        refused(url(host, settings));
    }

    private static void refused(String url) {
        Refused refused = catchThrowableOfType(Refused.class, () -> Connections.to(url));
        assertThat(refused).as(url).isNotNull();
        assertThat(refused.code()).as(refused.getMessage()).isEqualTo("database_tls");
    }

    private static String url(String host, String settings) {
        return server.url("postgres").toString().replace("127.0.0.1", host) + "?" + settings;
    }
}
