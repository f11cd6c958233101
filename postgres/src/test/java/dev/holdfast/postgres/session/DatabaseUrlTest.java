package dev.holdfast.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    @ValueSource(
            strings = {
                "mysql://me:secret@host/db",
                "postgres://me:secret@host/db?sslmod=require",
                "postgres://me:secret@host/db?target_session_attrs=standby",
                "postgres://me:secret%ZZ@host/db",
                "postgres://host/db",
                "jdbc:postgresql://host/db?user=me&password=secret&sslmod=require"
            })
    void whatIsNotUnderstoodIsRefusedWithoutTellingThePassword(String url) {
        assertThatThrownBy(() -> DatabaseUrl.parse(url)).isInstanceOfSatisfying(Refused.class, e -> {
            assertThat(e.code()).isEqualTo("database_url");
            assertThat(e.getMessage()).doesNotContain("secret");
        });
    }
}
