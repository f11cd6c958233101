package dev.holdfast.core.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.FrameFold.Effect;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FrameFoldTest {
    private final FrameFold fold = new FrameFold();

    @Test
    void aFrameSaysWhatItDidToTheText() {
        assertThat(fold.apply("chunk", "0/0", "\"Hello \"")).isEqualTo(new Effect.Appended("Hello "));
        assertThat(fold.apply("chunk", "1/1", "\"wor\"")).isEqualTo(new Effect.Appended("wor"));
        assertThat(fold.apply("status", null, "{\"seq\":2}")).isEqualTo(new Effect.Nothing());
        assertThat(fold.apply("rewind", null, "{\"drop\":[\"1/1\"]}")).isEqualTo(new Effect.Rewound("Hello "));
        assertThat(fold.apply("chunk", "1/1", "\"world\"")).isEqualTo(new Effect.Appended("world"));
        assertThat(fold.apply("gap", null, "{\"missing\":2}")).isEqualTo(new Effect.Missed(2));
        assertThat(fold.apply("done", null, "{}")).isEqualTo(new Effect.Nothing());

        assertThat(fold.text()).isEqualTo("Hello world");
        assertThat(fold.missing()).isEqualTo(2);
    }

    @Test
    void whatIsToldAllAgainReplacesWhatIsThere() {
        fold.apply("chunk", "1/1", "\"a\"");
        fold.apply("gap", null, "{\"missing\":2}");

        assertThat(fold.apply("rewind", null, FrameData.REWIND_ALL)).isEqualTo(new Effect.Rewound(""));
        assertThat(fold.missing()).isZero();
        assertThat(fold.apply("rewind", null, "{ \"drop\": [ \"*\" ] }")).isEqualTo(new Effect.Nothing());
    }

    @Test
    void aRewindThatRemovesNothingIsNotShown() {
        fold.apply("chunk", "1/1", "\"a\"");

        assertThat(fold.apply("rewind", null, "{\"drop\":[\"2/1\"]}")).isEqualTo(new Effect.Nothing());
    }

    @Test
    void eventsAndFieldsOfANewerServerChangeNothing() {
        fold.apply("chunk", "1/1", "\"a\"");

        assertThat(fold.apply("weather", null, "[]")).isEqualTo(new Effect.Nothing());
        assertThat(fold.apply("rewind", null, "{ \"why\": \"loss\", \"drop\" : [ \"1/1\" , \"2/0\" ], \"n\": 1 }"))
                .isEqualTo(new Effect.Rewound(""));
    }

    @Test
    void whatIsWrittenIsRead() {
        var drop = List.of(Source.step(StepKey.of(3), 2), Source.between(14), Source.step(new StepKey("2/left/1"), 1));

        assertThat(FrameData.drop(FrameData.rewind(drop))).isEqualTo(drop);
        assertThat(FrameData.drop(FrameData.rewind(List.of()))).isEmpty();
        assertThat(FrameData.missing(FrameData.gap(17))).isEqualTo(17);
    }

    @Test
    void whatIsNotAFrameIsRefused() {
        assertThatThrownBy(() -> fold.apply("rewind", null, "{}")).hasMessageContaining("'drop'");
        assertThatThrownBy(() -> fold.apply("gap", null, "{\"missing\":true}")).hasMessageContaining("'missing'");
        assertThatThrownBy(() -> fold.apply("chunk", null, "\"a\"")).hasMessageContaining("who sent it");
    }
}
