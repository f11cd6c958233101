package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Run;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A check of what is removed that has never said no is not one. */
final class AgeCheckTest {
    private static final Duration KEPT = Duration.ofSeconds(5);

    private final Past past = new Past();

    private List<String> violations() {
        return AgeCheck.violations(past.events, KEPT);
    }

    private Run ended() {
        return past.ended(past.claimed(past.begins("1"), "1"));
    }

    private void removed(Run run, String... needed) {
        past.add(new Event.Aged(past.now, run, List.of(needed)));
    }

    @Test
    void whatIsOldGoes() {
        Run run = ended();
        past.pass(5_000);
        removed(run);
        past.pass(600_000);
        past.add(new Event.Over(past.now));
        assertThat(violations()).isEmpty();
    }

    @Test
    void whatWasRemovedTooEarlyIsSeen() {
        Run run = ended();
        past.pass(4_999);
        removed(run);
        assertThat(violations()).singleElement().asString().contains("is kept for PT5S");
    }

    @Test
    void whatHasNotEndedIsSeen() {
        Run run = past.begins("1");
        past.pass(60_000);
        removed(run);
        assertThat(violations()).singleElement().asString().contains("has not ended");
    }

    @Test
    void whatIsNeededIsSeen() {
        Run run = ended();
        past.pass(60_000);
        removed(run, "has to be finalised");
        assertThat(violations()).singleElement().asString().contains("has to be finalised");
    }

    @Test
    void whoIsToldThatItIsGoneIsSeen() {
        Run parent = past.begins("1");
        Run child = ended();
        past.pass(60_000);
        removed(child);
        past.add(new Event.Recorded(past.now, parent.id(), Past.gone(1, child)));
        assertThat(violations()).singleElement().asString().contains("it has waited for " + child.id());
    }

    @Test
    void whoIsToldThatSomebodyHasDeletedItIsRight() {
        Run parent = past.begins("1");
        Run child = ended();
        past.add(new Event.Deleted(past.now, child.id()));
        past.add(new Event.Recorded(past.now, parent.id(), Past.gone(1, child)));
        assertThat(violations()).isEmpty();
    }

    @Test
    void whatStaysForEverIsSeen() {
        ended();
        past.pass(600_000);
        past.add(new Event.Over(past.now));
        assertThat(violations()).singleElement().asString().contains("is still there");
    }
}
