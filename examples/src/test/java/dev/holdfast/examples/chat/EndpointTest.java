package dev.holdfast.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.NoRetry;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @Test
    void without_an_address_and_a_key_there_is_none() {
        assertThat(Endpoint.of(Map.of())).isEmpty();
        assertThat(Endpoint.of(Map.of("OPENAI_MODEL", "m", "OPENAI_BASE_URL", " ", "OPENAI_API_KEY", "")))
                .isEmpty();
    }

    @Test
    void an_address_needs_no_key() {
        assertThat(Endpoint.of(Map.of("OPENAI_BASE_URL", "http://localhost:11434/v1", "OPENAI_MODEL", "m")))
                .contains(new Endpoint(URI.create("http://localhost:11434/v1"), null, "m"));
    }

    @Test
    void a_key_alone_is_openais() {
        assertThat(Endpoint.of(Map.of("OPENAI_API_KEY", "k", "OPENAI_MODEL", "m")))
                .contains(new Endpoint(URI.create("https://api.openai.com/v1"), "k", "m"));
    }

    @Test
    void nobody_guesses_which_model() {
        assertThatThrownBy(() -> Endpoint.of(Map.of("OPENAI_API_KEY", "secret")))
                .isInstanceOf(NoRetry.class)
                .hasMessageContaining("OPENAI_MODEL is not set")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:8080",
                "ftp://a/v1",
                "http:///v1",
                "not an address",
                "http://me:secret@a/v1",
                "http://a/v1?x=secret"
            })
    void what_is_no_address_is_told_without_repeating_it(String address) {
        assertThatThrownBy(() -> Endpoint.of(Map.of("OPENAI_BASE_URL", address, "OPENAI_MODEL", "m")))
                .isInstanceOf(NoRetry.class)
                .hasMessageContaining("OPENAI_BASE_URL")
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_key_is_not_shown() {
        assertThat(new Endpoint(URI.create("http://a/v1"), "secret", "m")).hasToString("model m at http://a/v1");
    }
}
