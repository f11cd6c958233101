package dev.holdfast.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.core.Refused;
import dev.holdfast.postgres.Lines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

class DatabaseUrlTest {
    @Test
    void bothFormsSayTheSame() {
        var libpq = DatabaseUrl.parse(
                "postgres://me:p%40ss%3A+x@db.example:6432/orders?sslmode=verify-full&sslrootcert=/etc/ca.pem&connect_timeout=3");
        var jdbc = DatabaseUrl.parse("jdbc:postgresql://db.example:6432/orders?user=me&password=p%40ss%3A%2Bx"
                + "&sslmode=verify-full&sslrootcert=/etc/ca.pem&connectTimeout=3");
        assertThat(libpq.jdbc()).isEqualTo(jdbc.jdbc()).isEqualTo("jdbc:postgresql://db.example:6432/");
        assertThat(libpq.settings()).isEqualTo(jdbc.settings());
        assertThat(libpq.settings().getProperty("password")).isEqualTo("p@ss:+x");
        assertThat(libpq.shown()).isEqualTo("db.example:6432/orders as me");
    }

    @Test
    void severalServersAndAddressesInBrackets() {
        assertThat(DatabaseUrl.parse("postgresql://me@one,two:5433,[::1]:5434/orders?target_session_attrs=read-write")
                        .jdbc())
                .isEqualTo("jdbc:postgresql://one:5432,two:5433,[::1]:5434/");
        assertThat(DatabaseUrl.parse("postgres://me@/").shown()).isEqualTo("localhost:5432/me as me");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mysql://me@host/db | postgres://",
                "postgres://host/db | names no user",
                "postgres://me@host/db?sslmod=require | 'sslmod'",
                "jdbc:postgresql://host/db?user=me&sslmod=require | 'sslmod'",
                "postgres://me@host/db?sslmode=verify_full | sslmode=verify_full is none of disable, allow, prefer, require, verify-ca, verify-full",
                "jdbc:postgresql://host/db?user=me&sslmode=verify_full | is none of disable, allow",
                "postgres://me@host/db?channel_binding=yes | channel_binding=yes is none of disable, prefer, require",
                "postgres://me@host/db?target_session_attrs=master | is none of any, read-write, primary",
                "jdbc:postgresql://host/db?targetServerType=boss | is none of any, primary",
                "postgres://me@host:abc/db | a number from 1 to 65535",
                "postgres://me@host:0/db | a number from 1 to 65535",
                "postgres://me@one,two:70000/db | a number from 1 to 65535",
                "jdbc:postgresql://host:abc/db?user=me | a number from 1 to 65535",
                "jdbc:postgresql://host:0/db?user=me | not understand",
                "postgres://me@/db?host=/var/run/postgresql | Unix socket",
                "postgres://me@%2Fvar%2Frun%2Fpostgresql/db | Unix socket",
                "jdbc:postgresql://host/db?user=me&PGHOST=/var/run/postgresql | Unix socket",
                "postgres://me@/db?host=db.example | before the name of the database",
                "postgres://me@host/db?passfile=/etc/pass | PGPASSFILE",
                "postgres://me@host/db?service=orders | what it stands for",
                "postgres://me@host/db?sslrootcert=system&sslmode=require | needs sslmode=verify-full",
                "postgres://me@host/db?sslrootcert=system&sslmode=verify-ca | needs sslmode=verify-full",
                "postgres://me@host/db?connect_timeout=0 | is not 1 to 5",
                "postgres://me@host/db?connect_timeout=30 | would not see others die",
                "jdbc:postgresql://host/db?user=me&connectTimeout=soon | is not 1 to 5",
            })
    void whatCannotBeUsedIsRefusedByName(String url, String said) {
        assertThat(refused(url)).contains(said);
    }

    /** Wherever it ends by mistake. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://me:S3CRET@host/db",
                "postgres://me:S3CRET?S3CRET@host/db",
                "postgres://me:S3CRET/S3CRET@host/db",
                "postgres://me:12?S3CRET@host/db",
                "postgres://me:12/S3CRET@host/db",
                "postgres://me:12?sslmode=S3CRET@host/db",
                "postgres://me@account:S3CRET/S3CRET@host/db",
                "postgres://me:S3CRET%ZZ@host/db",
                "postgres://me:S3CRET@host/db?sslmod=require",
                "postgres://me:S3CRET",
                "postgres://host/db?user=me&password=12&S3CRET",
                "postgres://host/db?user=me&password=12&S3CRET=12",
                "postgres://host/db?user=me&password=S3CRET@S3CRET",
                "jdbc:postgresql://me:S3CRET@host/db",
                "jdbc:postgresql://me:S3CRET?S3CRET@host/db",
                "jdbc:postgresql://host/db/more?user=me&password=S3CRET",
                "jdbc:postgresql://host?user=me&password=S3CRET",
                "jdbc:postgresql://host/db?user=me&password=S3CRET%ZZ",
                "jdbc:postgresql://host/db?user=me&password=12&S3CRET=12",
            })
    void nothingOfAPasswordIsShown(String url) {
        try (var log = new Lines(Driver.class)) {
            String said = refused(url);
            assertThat(said).doesNotContain("S3CRET");
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void whoWritesAPasswordAsItIsIsToldHowToWriteIt() {
        assertThat(refused("postgres://u:a?b@h/db")).contains("? as %3F", "@ as %40");
    }

    /** As libpq. */
    @Test
    void aRootCertificateIsLookedAt() {
        assertThat(setting("postgres://me@host/db?sslrootcert=system", "sslmode"))
                .isEqualTo("verify-full");
        assertThat(setting("postgres://me@host/db?sslmode=require&sslrootcert=/etc/ca.pem", "sslmode"))
                .isEqualTo("verify-ca");
        assertThat(setting("jdbc:postgresql://host/db?user=me&sslmode=REQUIRE&sslrootcert=/etc/ca.pem", "sslmode"))
                .isEqualTo("verify-ca");
        assertThat(setting("postgres://me@host/db?sslmode=require", "sslmode")).isEqualTo("require");
        assertThat(setting("postgres://me@host/db?sslmode=verify-full&sslrootcert=/etc/ca.pem", "sslmode"))
                .isEqualTo("verify-full");
    }

    /** The usual one, too. */
    @Test
    void aRootCertificateWhereLibpqLooksForOneIsLookedAt(@TempDir Path home) throws IOException {
        Files.createDirectory(home.resolve(".postgresql"));
        Files.createFile(home.resolve(".postgresql/root.crt"));
        String before = System.setProperty("user.home", home.toString());
        try {
            assertThat(setting("postgres://me@host/db?sslmode=require", "sslmode"))
                    .isEqualTo("verify-ca");
        } finally {
            System.setProperty("user.home", before);
        }
    }

    @Test
    void nodesNeedThePrimaryAndAReplicaIsNone() {
        for (String standby : new String[] {
            "postgres://me@one,two/db?target_session_attrs=standby",
            "postgres://me@one,two/db?target_session_attrs=prefer-standby",
            "jdbc:postgresql://one,two/db?user=me&targetServerType=preferSecondary"
        }) {
            var url = DatabaseUrl.parse(standby);
            assertThatThrownBy(url::demandPrimary)
                    .hasMessageContaining("name the primary")
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("database_url"));
        }
        DatabaseUrl.parse("postgres://me@one,two/db?target_session_attrs=read-write")
                .demandPrimary();
        DatabaseUrl.parse("postgres://me@one,two/db").demandPrimary();
    }

    private static String refused(String url) {
        Refused refused = catchThrowableOfType(Refused.class, () -> DatabaseUrl.parse(url));
        assertThat(refused).as("what is said about " + url).isNotNull();
        assertThat(refused.code()).isEqualTo("database_url");
        assertThat(refused.getCause()).isNull();
        return String.valueOf(refused.getMessage());
    }

    private static String setting(String url, String name) {
        return DatabaseUrl.parse(url).settings().getProperty(name);
    }
}
