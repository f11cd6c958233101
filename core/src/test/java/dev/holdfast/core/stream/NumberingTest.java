package dev.holdfast.core.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NumberingTest {
    @Test
    void eachEpochBeginsAboveAllThatAnEarlierOneCouldUse() {
        assertThat(Numbering.first(1)).isEqualTo(1);
        assertThat(Numbering.first(2)).isEqualTo(Numbering.first(1) + (1L << 32));
        // A cursor has 18 digits for it.
        assertThat(Long.toString(Numbering.first(200_000_000))).hasSizeLessThanOrEqualTo(18);
    }

    @Test
    void whatIsMissingIsCountedAsFarAsItIsKnown() {
        assertThat(Numbering.missing(3, 5)).isEqualTo(2);
        assertThat(Numbering.missing(0, 2)).isEqualTo(2);
        assertThat(Numbering.missing(5, Numbering.first(3))).isEqualTo(1);
        assertThat(Numbering.missing(5, Numbering.first(3) + 6)).isEqualTo(7);
    }
}
