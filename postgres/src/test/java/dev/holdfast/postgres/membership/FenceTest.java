package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node without an answer, by a clock that is set. */
class FenceTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final SystemThreads threads = new SystemThreads();
    private final Ear ear = new Ear();
    private final Fence fence = new Fence(new PostgresPorts(threads, clock, new SystemIds()), Times.USUAL, ear);

    @AfterEach
    void close() {
        fence.close();
    }

    @Test
    void whoWasStoppedForAWhileDoesNotServeBeforeItsLoopHasTurned() {
        clock.pass(Duration.ofMillis(2_999));
        assertThat(fence.serving()).isTrue();
        clock.pass(Duration.ofMillis(1));
        assertThat(fence.serving()).isFalse();
    }

    @Test
    void anAnswerCountsFromWhenItWasAskedFor() {
        long sent = clock.nanos();
        clock.pass(Duration.ofSeconds(15));
        fence.answered(sent);
        assertThat(fence.serving()).as("the server may have ended it since").isFalse();
        fence.answered(clock.nanos());
        assertThat(fence.serving()).isTrue();
    }

    @Test
    void whoWakesLateIsToldEverythingInOrder() {
        clock.pass(Duration.ofSeconds(30));
        threads.loop("fence", fence::run);
        ear.until("stop", SOON);
        clock.pass(Times.USUAL.halt().minus(Times.USUAL.stop()));
        ear.until("overdue", SOON);
        fence.answered(clock.nanos());
        ear.until("resumed", SOON);
        fence.dead("a test says so");
        ear.until("dead", SOON);
        assertThat(ear.heard())
                .containsExactly("suspended", "stop", "overdue", "resumed STOPPED", "dead: a test says so");
        assertThat(fence.serving()).isFalse();
    }

    @Test
    void whoWakesLateHasItsTimeToLeaveAllTheSame() {
        clock.pass(Duration.ofSeconds(30));
        threads.loop("fence", fence::run);
        ear.until("stop", SOON);
        fence.answered(clock.nanos());
        ear.until("resumed", SOON);
        assertThat(ear.heard()).containsExactly("suspended", "stop", "resumed STOPPED");
    }
}
