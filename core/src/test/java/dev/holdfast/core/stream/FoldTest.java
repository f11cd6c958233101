package dev.holdfast.core.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.StepKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

final class FoldTest {
    private static final Source FIRST = Source.step(StepKey.of(1), 1);
    private static final Source SECOND = Source.step(StepKey.of(2), 1);
    private static final Source AFTER = Source.between(3);

    @Test
    void whatIsAppendedIsShownInOrder() {
        var fold = folded(chunk(FIRST, "\"a\""), chunk(SECOND, "\"b\""), chunk(FIRST, "\"c\""));

        assertThat(fold.text()).isEqualTo("abc");
        assertThat(fold.size()).isEqualTo(3);
        assertThat(fold.sources()).containsExactly(FIRST, SECOND);
    }

    @Test
    void aRewindRemovesWhatCameBeforeItFromTheSourcesThatItNames() {
        var fold = folded(
                chunk(FIRST, "\"a\""),
                chunk(SECOND, "\"b\""),
                chunk(FIRST, "\"c\""),
                new Item.Rewind(List.of(FIRST, AFTER)));

        assertThat(fold.text()).isEqualTo("b");
        assertThat(fold.sources()).containsExactly(SECOND);
    }

    @Test
    void theSameSourceMaySendAgainAfterARewind() {
        var fold = folded(chunk(FIRST, "\"half\""), new Item.Rewind(List.of(FIRST)), chunk(FIRST, "\"whole\""));

        assertThat(fold.text()).isEqualTo("whole");
        assertThat(fold.chunks()).containsExactly(chunk(FIRST, "\"whole\""));
    }

    @Test
    void aRewindOfSomebodyWhoSentNothingChangesNothing() {
        var fold = folded(chunk(FIRST, "\"a\""), new Item.Rewind(List.of(SECOND)));

        assertThat(fold.text()).isEqualTo("a");
    }

    @Test
    void gapsAreRemembered() {
        var fold = folded(chunk(FIRST, "\"a\""), new Item.Gap(2), new Item.Gap(3));

        assertThat(fold.text()).isEqualTo("a");
        assertThat(fold.missing()).isEqualTo(5);
    }

    @Test
    void aStringIsShownAsItsContentAndAnythingElseAsCompactJsonOnALine() {
        var fold = folded(
                chunk(FIRST, "\"say \\\"hi\\\"\\n\\u00e9\\ud83d\\ude00\\/\""),
                chunk(FIRST, "{ \"a b\" : [1, 2] }"),
                chunk(FIRST, "7"),
                chunk(FIRST, "\"\""));

        assertThat(fold.text()).isEqualTo("say \"hi\"\né😀/{\"a b\":[1,2]}\n7\n");
    }

    @Test
    void aHundredThousandChunksAndAsManyRewindsTakeNoLongerThanTheyAreMany() {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            var fold = new Fold();
            var stands = Source.between(1);
            for (int i = 0; i < 100_000; i++) {
                var source = Source.step(StepKey.of(1 + i % 5_000), 1 + i / 5_000);
                fold.apply(chunk(stands, "\"x\""));
                fold.apply(chunk(source, "\"y\""));
                fold.apply(new Item.Rewind(List.of(source)));
            }
            assertThat(fold.size()).isEqualTo(100_000);
            assertThat(fold.text()).hasSize(100_000).containsOnlyOnce("x".repeat(100_000));
        });
    }

    private static Item.Chunk chunk(Source source, String data) {
        return new Item.Chunk(source, data);
    }

    private static Fold folded(Item... items) {
        var fold = new Fold();
        for (Item item : items) fold.apply(item);
        return fold;
    }
}
