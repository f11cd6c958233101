package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Run;
import org.junit.jupiter.api.Test;

/** A check of batches that has never said no is not one. */
final class BatchCheckTest {
    private static final String BATCH = "batch 1 of 2";

    private final Past past = new Past();

    private void assertViolation(String part) {
        assertThat(BatchCheck.violations(past.events))
                .anySatisfy(v -> assertThat(v).contains(part));
    }

    @Test
    void aWholeOneAndOneThatWasRefused() {
        past.begins("0");
        Run one = past.begins("1", BATCH);
        Run two = past.begins("2", BATCH);
        past.claimed(one, "1");
        past.told(BATCH, one, two);
        past.add(new Event.Refusal(past.now, "batch 2 of 2"));
        past.add(new Event.Over(past.now));
        assertThat(BatchCheck.violations(past.events)).isEmpty();
    }

    @Test
    void halfOfOneIsSeen() {
        past.begins("1", BATCH);
        assertViolation("there are 1 of it");
    }

    @Test
    void oneThatComesInPiecesIsSeen() {
        Run one = past.begins("1", BATCH);
        past.claimed(one, "1");
        past.begins("2", BATCH);
        assertViolation("there are 1 of it");
    }

    @Test
    void oneThatIsThereTwiceIsSeen() {
        for (int i = 0; i < 2; i++) {
            past.begins("1", BATCH);
            past.begins("2", BATCH);
            past.begins("0");
        }
        assertViolation("there are 4 of it");
    }

    @Test
    void anotherAnswerIsSeen() {
        Run one = past.begins("1", BATCH);
        Run two = past.begins("2", BATCH);
        past.told(BATCH, two, one);
        assertViolation("told [");
    }

    @Test
    void oneThatWasRefusedAndIsThereIsSeen() {
        past.begins("1", BATCH);
        past.begins("2", BATCH);
        past.add(new Event.Refusal(past.now, BATCH));
        assertViolation("it was refused");
    }

    @Test
    void oneOfWhichNobodyWasToldIsSeen() {
        past.begins("1", BATCH);
        past.begins("2", BATCH);
        past.add(new Event.Over(past.now));
        assertViolation("nobody was told");
    }
}
