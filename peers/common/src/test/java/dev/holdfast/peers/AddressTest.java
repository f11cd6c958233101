package dev.holdfast.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class AddressTest {
    @Test
    void libpqs_form_becomes_jdbcs() {
        var whole = new Address(URI.create("postgresql://me:s%26cret@db.example:5433/first?sslmode=require"));
        assertThat(whole.jdbc())
                .isEqualTo("jdbc:postgresql://db.example:5433/first?user=me&password=s%26cret&sslmode=require");
        assertThat(whole.jdbc("other")).startsWith("jdbc:postgresql://db.example:5433/other?");
        assertThat(new Address(URI.create("postgresql://localhost")).jdbc())
                .isEqualTo("jdbc:postgresql://localhost:5432/postgres");
    }
}
