package dev.holdfast.core.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class JsonTextTest {
    @Test
    void whatIsQuotedIsUnquoted() {
        for (var text : List.of("", "plain", "a\"b\\c/d", "\n\r\t\b\f\u0001", "é😀", "\ud83d alone", "alone \ude00")) {
            assertThat(JsonText.unquote(JsonText.quote(text))).isEqualTo(text);
        }
        assertThat(JsonText.quote("\u0001\ud83d")).isEqualTo("\"\\u0001\\ud83d\"");
    }

    @Test
    void whatIsNoStringIsRefused() {
        for (var json :
                List.of("", "\"", "a", "\"a", "\"a\" ", "\"a\"b\"", "\"\\\"", "\"\\q\"", "\"\\u12\"", "\"\\uzzzz\"")) {
            assertThatThrownBy(() -> JsonText.unquote(json)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void compactKeepsWhatIsInsideStrings() {
        assertThat(JsonText.compact("{\"a\":1}")).isEqualTo("{\"a\":1}");
        assertThat(JsonText.compact(" {\n \"a b\\\" c\" : [ 1 , \"  \" ]\t}\r\n"))
                .isEqualTo("{\"a b\\\" c\":[1,\"  \"]}");
    }
}
