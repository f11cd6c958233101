package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SeedsTest {
    @Test
    void aFailureNamesItsSeed() {
        assertThatThrownBy(() -> Seeds.each(100, seed -> assertThat(seed % 7).isNotEqualTo(3)))
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("(?s)fails for seed \\d+ \\(repeat with -Dseed=\\d+\\).*");
    }

    @Test
    void whatIsNotNeededIsDropped() {
        List<Integer> all = IntStream.range(0, 200).boxed().toList();
        var smallest = Seeds.shrink(all, some -> some.contains(17) && some.contains(99) && some.contains(100));
        assertThat(smallest).containsExactly(17, 99, 100);
    }

    @Test
    void whatFailsAlwaysShrinksToNothing() {
        assertThat(Seeds.shrink(List.of(1, 2, 3), some -> true)).isEmpty();
    }
}
