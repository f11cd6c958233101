package dev.holdfast.core.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.RunError;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StandingTest {
    private static final RunError ERROR = new RunError("user", "E", "no", "", true);

    @Test
    void aStepStandsWhenItIsRecordedAndOnlyTheTryThatWasRecorded() {
        var standing = Standing.of(List.of(done(3, 2)));

        assertThat(standing.stands(step(3, 2), 1)).isTrue();
        assertThat(standing.stands(step(3, 1), 1)).isFalse();
        assertThat(standing.stands(step(3, 3), 1)).isFalse();
        assertThat(standing.stands(step(2, 2), 1)).isFalse();
    }

    @Test
    void whatAnEarlierEpochSentDoesNotStandAlsoIfTheRewindIsLost() {
        var outline = List.of(new Entry(1, 1, new Item.Chunk(step(3, 1), "")));
        var step = StepRecord.done(StepKey.of(3), "s", 3, 1, "1");

        assertThat(Standing.of(List.of(step)).stands(step(3, 1), 3)).isTrue();
        assertThat(Standing.of(List.of(step)).stands(step(3, 1), 1)).isFalse();
        assertThat(Standing.drop(outline, List.of(step))).containsExactly(step(3, 1));
    }

    @Test
    void aStepThatIsToBeTriedAgainDoesNotStandButWhatCameBeforeIt() {
        var pending = StepRecord.pending(StepKey.of(3), "s", 1, 1, ERROR, Instant.EPOCH);

        var standing = Standing.of(List.of(pending));

        assertThat(standing.stands(step(3, 1), 1)).isFalse();
        assertThat(standing.stands(Source.between(3), 1)).isTrue();
        assertThat(standing.stands(Source.between(4), 1)).isFalse();
        assertThat(standing.through()).isEqualTo(3);
    }

    @Test
    void aFailedStepStandsForItIsReplayed() {
        var standing = Standing.of(List.of(StepRecord.failed(StepKey.of(1), "s", 1, 3, ERROR)));

        assertThat(standing.stands(step(1, 3), 1)).isTrue();
        assertThat(standing.stands(step(1, 2), 1)).isFalse();
    }

    @Test
    void whatACancelledStepSentDoesNotStandButWhatWasSentBeforeItDoes() {
        var standing = Standing.of(List.of(StepRecord.cancelled(StepKey.of(2), "s", 1)));

        assertThat(standing.stands(step(2, 1), 1)).isFalse();
        assertThat(standing.stands(Source.between(2), 1)).isTrue();
    }

    @Test
    void betweenStepsStandsAsSoonAsThatKeyOrAnyAboveItIsRecorded() {
        var standing = Standing.of(List.of(done(1, 1), done(4, 1)));

        assertThat(standing.stands(Source.between(1), 1)).isTrue();
        assertThat(standing.stands(Source.between(3), 1)).isTrue();
        assertThat(standing.stands(Source.between(4), 1)).isTrue();
        assertThat(standing.stands(Source.between(5), 1)).isFalse();
    }

    @Test
    void mutedIsExactlyWhatStands() {
        for (int recorded = 0; recorded < 6; recorded++) {
            var steps = new ArrayList<StepRecord>();
            if (recorded > 0) steps.add(done(recorded, 1));
            var standing = Standing.of(steps);
            for (int next = 1; next < 8; next++) {
                assertThat(standing.stands(Source.between(next), 1)).isEqualTo(next <= standing.through());
            }
        }
    }

    @Test
    void markersMakeNothingStand() {
        var marker = StepRecord.done(StepKey.marker("new-pricing"), "changed", 1, 1, "true");

        assertThat(Standing.of(List.of(marker)).through()).isZero();
        assertThat(Standing.of(List.of(marker)).stands(Source.between(1), 1)).isFalse();
    }

    @Test
    void dropNamesWhatIsThereAndDoesNotStandInOrder() {
        var outline = entries(
                new Item.Chunk(Source.between(1), ""),
                new Item.Chunk(step(1, 1), ""),
                new Item.Chunk(step(3, 1), ""),
                new Item.Chunk(step(2, 1), ""),
                new Item.Chunk(step(3, 1), ""),
                new Item.Chunk(Source.between(4), ""));

        assertThat(Standing.drop(outline, List.of(done(1, 1))))
                .containsExactly(step(3, 1), step(2, 1), Source.between(4));
    }

    @Test
    void dropDoesNotNameWhatWasRewoundBeforeUnlessItCameAgain() {
        var rewound = entries(new Item.Chunk(step(1, 1), ""), new Item.Rewind(List.of(step(1, 1))));
        var again = entries(
                new Item.Chunk(step(1, 1), ""), new Item.Rewind(List.of(step(1, 1))), new Item.Chunk(step(1, 1), ""));

        assertThat(Standing.drop(rewound, List.of())).isEmpty();
        assertThat(Standing.drop(again, List.of())).containsExactly(step(1, 1));
    }

    @Test
    void whatAnOlderEpochGetsInBehindANewerOneDoesNotCount() {
        var outline = List.of(
                new Entry(1, 1, new Item.Chunk(step(1, 1), "")),
                new Entry(2, 3, new Item.Rewind(List.of(step(1, 1)))),
                new Entry(3, 3, new Item.Chunk(step(2, 1), "")),
                new Entry(4, 1, new Item.Chunk(step(3, 1), "")),
                new Entry(5, 1, new Item.Rewind(List.of(step(2, 1)))));

        assertThat(Standing.drop(outline, List.of())).containsExactly(step(2, 1));
    }

    private static Source step(int number, int tries) {
        return Source.step(StepKey.of(number), tries);
    }

    private static StepRecord done(int number, int tries) {
        return StepRecord.done(StepKey.of(number), "s", 1, tries, "1");
    }

    private static List<Entry> entries(Item... items) {
        var entries = new ArrayList<Entry>();
        for (Item item : items) entries.add(new Entry(entries.size() + 1, 1, item));
        return entries;
    }
}
