package dev.holdfast.examples.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.examples.model.Script.After;
import dev.holdfast.examples.model.Script.BadHint;
import dev.holdfast.examples.model.Script.Break;
import dev.holdfast.examples.model.Script.None;
import dev.holdfast.examples.model.Script.Status;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTest {
    @Test
    void without_hints_it_says_the_message_back() throws BadHint {
        assertThat(Script.of(" hello,  big\nworld ", 1))
                .isEqualTo(new Script(
                        List.of("You", "said:", "hello,", "big", "world"), Duration.ZERO, false, new None()));
    }

    @Test
    void a_message_of_hints_alone_says_nothing() throws BadHint {
        assertThat(Script.of("[slow]", 1).words()).containsExactly("You", "said:", "nothing");
        assertThat(Script.of("", 1).words()).containsExactly("You", "said:", "nothing");
    }

    @Test
    void hints_are_no_part_of_what_is_said() throws BadHint {
        assertThat(Script.of("one[slow]two [stamp] three", 1).words())
                .containsExactly("You", "said:", "one", "two", "three");
    }

    @Test
    void a_slow_one_waits_before_each_word() throws BadHint {
        assertThat(Script.of("[slow]", 1).pause()).isEqualTo(Duration.ofMillis(100));
        assertThat(Script.of("[slow:7]", 1).pause()).isEqualTo(Duration.ofMillis(7));
    }

    @Test
    void many_are_counted() throws BadHint {
        assertThat(Script.of("[many] whatever", 1).words())
                .hasSize(500)
                .startsWith("1", "2")
                .endsWith("500");
        assertThat(Script.of("[many:3]", 1).words()).containsExactly("1", "2", "3");
    }

    @Test
    void what_can_go_wrong() throws BadHint {
        assertThat(trouble("[error]")).isEqualTo(new Status(500));
        assertThat(trouble("[error:400]")).isEqualTo(new Status(400));
        assertThat(trouble("[error:599]")).isEqualTo(new Status(599));
        assertThat(trouble("[error:399]")).isEqualTo(new After(399, Break.ERROR));
        assertThat(trouble("[error:0]")).isEqualTo(new After(0, Break.ERROR));
        assertThat(trouble("[cut]")).isEqualTo(new After(0, Break.CUT));
        assertThat(trouble("[cut:3]")).isEqualTo(new After(3, Break.CUT));
        assertThat(trouble("[hang]")).isEqualTo(new After(0, Break.HANG));
        assertThat(trouble("[hang:4000]")).isEqualTo(new After(4000, Break.HANG));
    }

    @Test
    void it_goes_wrong_for_so_many_tries() throws BadHint {
        assertThat(Stream.of(1, 2, 3).map(attempt -> trouble("[tries:2] [cut:1]", attempt)))
                .containsExactly(new After(1, Break.CUT), new After(1, Break.CUT), new None());
        assertThat(trouble("[error] [tries]", 2)).isEqualTo(new None());
        assertThat(trouble("[error]", 1_000)).isEqualTo(new Status(500));
    }

    @Test
    void hints_go_together_in_any_order() throws BadHint {
        assertThat(Script.of("[stamp] [many:2] [cut:1] [slow:5]", 1))
                .isEqualTo(Script.of("x[cut:1][slow:5] y [many:2][stamp]", 1))
                .isEqualTo(new Script(List.of("1", "2"), Duration.ofMillis(5), true, new After(1, Break.CUT)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[sic]", "[Slow]", "[ slow ]", "slow", "[slow", "[1]", "[slower]", "[]"})
    void other_words_are_text(String word) throws BadHint {
        assertThat(Script.of(word, 1).pause()).isZero();
        assertThat(String.join(" ", Script.of(word, 1).words())).isEqualTo("You said: " + word.strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[slow:fast]",
                "[slow:]",
                "[slow:-1]",
                "[slow:60001]",
                "[many:0]",
                "[many:100001]",
                "[many:99999999999999999999]",
                "[error:600]",
                "[stamp:1]",
                "[cut:x]",
            })
    void a_hint_that_cannot_be_meant_is_named(String hint) {
        assertThatThrownBy(() -> Script.of("hello " + hint, 1))
                .isInstanceOf(BadHint.class)
                .hasMessageContaining(hint);
    }

    @Test
    void only_one_thing_goes_wrong() {
        assertThatThrownBy(() -> Script.of("[error] [hang]", 1)).hasMessageContaining("[hang]");
        assertThatThrownBy(() -> Script.of("[cut:1] [cut:2]", 1)).hasMessageContaining("[cut:2]");
    }

    private static Script.Trouble trouble(String message) throws BadHint {
        return Script.of(message, 1).trouble();
    }

    private static Script.Trouble trouble(String message, int attempt) {
        try {
            return Script.of(message, attempt).trouble();
        } catch (BadHint e) {
            throw new AssertionError(e);
        }
    }
}
