package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.postgres.session.Certificate;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.Doorstep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that lets nobody in without TLS. */
class TlsTest {
    @Test
    void everySessionOfANodeIsEncrypted(@TempDir Path folder) throws IOException, InterruptedException, SQLException {
        var made = Certificate.in(folder, "server");
        Path certificate = made.file();
        Path entries = folder.resolve("hba.conf");
        Files.writeString(entries, "hostssl all all 127.0.0.1/32 trust\n");
        Settings settings = Settings.standard()
                .with("ssl", "on")
                .with("ssl_cert_file", certificate.toString())
                .with("ssl_key_file", made.key().toString())
                .with("hba_file", entries.toString());
        try (var server = LocalPostgres.start(folder.resolve("data"), settings)) {
            String plain = server.url("postgres").toString();
            refused(plain + "?sslmode=disable", "database_login");
            refused(plain + "?sslmode=verify-full", "database_tls");
            refused(
                    plain.replace("127.0.0.1", "localhost") + "?sslmode=verify-full&sslrootcert=" + certificate,
                    "database_tls");
            var trusted = Connections.to(plain + "?sslmode=verify-full&sslrootcert=" + certificate);
            try (var session = trusted.open();
                    var statement = session.createStatement()) {
                statement.execute("CREATE SCHEMA holdfast");
                statement.execute(Town.tables());
                var ear = new Ear();
                try (var one = Membership.join(trusted, Town.PORTS, new Newcomer("one", "", 1, 1), ear);
                        var row = statement.executeQuery(
                                "SELECT count(*), count(*) FILTER (WHERE ssl) FROM"
                                        + " pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE application_name = 'holdfast/1'")) {
                    row.next();
                    assertThat(row.getInt(1)).as("sessions").isEqualTo(4);
                    assertThat(row.getInt(2)).as("… that are encrypted").isEqualTo(4);
                    assertThat(one.serving()).isTrue();
                    assertThat(Doorstep.of(session))
                            .as("what is not encrypted is not said")
                            .isEmpty();
                }
            }
        }
    }

    private static void refused(String url, String code) {
        assertThatThrownBy(() -> Connections.to(url))
                .isInstanceOfSatisfying(
                        Refused.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
