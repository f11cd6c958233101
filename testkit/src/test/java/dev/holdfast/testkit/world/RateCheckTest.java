package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueChange.To;
import dev.holdfast.engine.port.Rate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A check of rates that has never said no is not one. */
final class RateCheckTest {
    private final Past past = new Past();

    private void rate(int count, long millis) {
        set(new QueueChange.OfQueue(null, null, null, new To<>(new Rate(count, Duration.ofMillis(millis)))));
    }

    private void set(QueueChange.What what) {
        past.add(new Event.QueueSet(past.now, "queue", what));
    }

    private void claim(int times) {
        for (int i = 0; i < times; i++) past.claimed(past.begins("1"), "1");
    }

    private List<String> violations() {
        return RateCheck.violations(past.events);
    }

    @Test
    void asManyAsItSaysAndAnotherWholeLengthLater() {
        claim(5);
        rate(2, 1_000);
        claim(2);
        past.pass(1_000);
        claim(2);
        assertThat(violations()).isEmpty();
    }

    @Test
    void oneTooManyIsSeen() {
        rate(2, 1_000);
        claim(1);
        past.pass(999);
        claim(2);
        assertThat(violations()).singleElement().asString().contains("it is claim 3 within PT1S");
    }

    @Test
    void whatAnEarlierRateHasToRememberCounts() {
        rate(2, 1_000);
        claim(2);
        rate(3, 5_000);
        past.pass(4_000);
        claim(2);
        assertThat(violations()).singleElement().asString().contains("it is claim 4");
    }

    @Test
    void whatALowerRateMayHaveForgottenDoesNotCount() {
        rate(3, 1_000);
        claim(3);
        past.pass(1_000);
        rate(1, 10);
        claim(1);
        past.pass(10);
        rate(4, 5_000);
        claim(3);
        assertThat(violations()).isEmpty();
        claim(1);
        assertThat(violations()).hasSize(1);
    }

    @Test
    void aRateThatIsRemovedHoldsNoMore() {
        rate(1, 60_000);
        claim(1);
        set(new QueueChange.OfQueue(null, null, null, new To<>(null)));
        claim(1);
        rate(1, 60_000);
        claim(1);
        assertThat(violations()).isEmpty();
    }

    @Test
    void aClaimOfAPausedQueueIsSeen() {
        set(QueueChange.pause(null));
        set(QueueChange.resume(null));
        claim(1);
        assertThat(violations()).isEmpty();
        set(QueueChange.pause(null));
        claim(1);
        assertThat(violations()).singleElement().asString().contains("in a paused queue");
    }
}
