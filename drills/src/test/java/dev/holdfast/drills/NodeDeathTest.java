package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.Deaths.Death;
import dev.holdfast.drills.Deaths.How;
import dev.holdfast.drills.Strike.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** By whom the dead were found, and how soon. */
class NodeDeathTest {
    private static final NodeDeath DRILL = NodeDeath.often(10, 3, Duration.ZERO).within(Duration.ofMillis(50));

    private final Deaths deaths = new Deaths();
    private final List<Strike> strikes = new ArrayList<>();

    @Test
    void whose_neighbour_lives_is_found_by_it() {
        killed(Kind.KILL, How.RING, How.RING, How.RING);
        killed(Kind.HEIR, How.RING, How.SWEEP);

        assertThat(violations()).isEmpty();
        assertThat(deaths.how(strikes)).isEqualTo(Map.of(How.RING, 4, How.SWEEP, 1));

        killed(Kind.KILL, How.SWEEP);

        assertThat(violations())
                .containsExactly("of 6 nodes that were killed while their neighbour lived, 4 were found dead by it: the"
                        + " ring does not watch them");
    }

    @Test
    void one_kill_that_the_sweep_has_found_tells_nothing_about_the_ring() {
        killed(Kind.KILL, How.SWEEP);
        assertThat(violations()).isEmpty();
        assertThat(unjudged())
                .containsExactly(
                        "no verdict about the ring: one was not found dead by its neighbour, which may be chance"
                                + " (kills while the neighbour lived: 1; it takes 5)");

        killed(Kind.KILL, How.SWEEP);
        assertThat(violations()).hasSize(1);
        assertThat(unjudged()).isEmpty();
    }

    @Test
    void where_nobody_sweeps_every_neighbour_finds_its_own() {
        var alone = DRILL.foundBy(NodeDeath.Finders.NEIGHBOURS);
        killed(Kind.KILL, How.RING, How.RING, How.RING, How.RING, How.RING);
        assertThat(violations(alone)).isEmpty();

        killed(Kind.HEIR, How.SWEEP);
        assertThat(violations(alone)).hasSize(1);
        assertThat(violations()).isEmpty();
    }

    @Test
    void with_fewer_than_five_there_is_no_verdict_about_the_aim() {
        killed(Kind.KILL, How.RING, How.RING, How.RING, How.RING);
        found(20, 30, 70, 80);
        assertThat(DRILL.unjudged(evidence()))
                .containsExactly(
                        "no verdict about the aim of 50 ms (kills of one alone that were seen to be found: 4; it"
                                + " takes 5)");
        assertThat(unjudged()).isEmpty();

        killed(Kind.KILL, How.RING);
        found(20, 30, 49, 70, 80);
        assertThat(DRILL.unjudged(evidence())).isEmpty();
    }

    @Test
    void whose_neighbour_died_too_may_be_found_by_anybody() {
        killed(Kind.REST, How.SWEEP, How.SWEEP);
        killed(Kind.ALL, How.SWEEP, How.SWEEP, How.SWEEP);

        assertThat(violations()).isEmpty();
    }

    @Test
    void the_middle_of_five_must_be_soon() {
        killed(Kind.KILL, How.RING, How.RING, How.RING, How.RING);
        found(20, 30, 70, 80);
        assertThat(violations()).isEmpty();

        killed(Kind.KILL, How.RING);
        found(20, 30, 49, 70, 80);
        assertThat(violations()).isEmpty();

        found(20, 30, 51, 70, 80);
        assertThat(violations())
                .containsExactly(
                        "nodes that were killed were found dead after 51 ms (p50 of 5), and the aim is 50 ms (--aim)");
        assertThat(violations(DRILL.within(Duration.ZERO))).isEmpty();
    }

    private void killed(Kind kind, How... found) {
        for (How how : found) {
            long number = strikes.size() + 1L;
            strikes.add(new Strike(kind, Instant.ofEpochSecond(number), null, number));
            deaths.found(List.of(new Death(number, how)));
        }
    }

    private void found(long... millis) {
        for (int i = 0; i < millis.length; i++) {
            Strike strike = strikes.get(i);
            deaths.written(strike.number(), strike.micros() + millis[i] * 1_000);
        }
    }

    private List<String> violations() {
        return violations(DRILL);
    }

    private List<String> violations(NodeDeath drill) {
        return drill.violations(evidence());
    }

    /** By whoever wants to know nothing about the time. */
    private List<String> unjudged() {
        return DRILL.within(Duration.ZERO).unjudged(evidence());
    }

    private Evidence evidence() {
        return new Evidence(List.of(), Map.of(), new Diary(Path.of("none"), 1), strikes, deaths);
    }
}
