package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node without an answer, by a clock that is set. */
class FenceTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    /** More looks at the clock than two turns of its loop take. */
    private static final int TURNS = 40;

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final SystemThreads threads = new SystemThreads();
    private final Ear ear = new Ear();
    private final AtomicLong looked = new AtomicLong();
    private final Fence fence = new Fence(new PostgresPorts(threads, watched(), new SystemIds()), Times.USUAL, ear);

    private Clock watched() {
        return new Clock() {
            @Override
            public Instant now() {
                return clock.now();
            }

            @Override
            public long nanos() {
                looked.incrementAndGet();
                return clock.nanos();
            }
        };
    }

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
    void whoCouldStillBeAliveForTheOthersIsOverdueSoon() {
        clock.pass(Times.USUAL.halt());
        threads.loop("fence", fence::run);
        ear.until("stop", SOON);
        clock.pass(Times.USUAL.halt().minus(Times.USUAL.stop()));
        ear.until("overdue", SOON);
    }

    @Test
    void whoWakesLateIsToldEverythingInOrder() {
        clock.pass(Duration.ofSeconds(30));
        threads.loop("fence", fence::run);
        ear.until("stop", SOON);
        clock.pass(Fence.LATE);
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
        clock.pass(Fence.LATE.minus(Duration.ofMillis(1)));
        // An answer to what was asked before it slept: it looks at its clock.
        long looks = looked.get();
        fence.answered(0);
        await().atMost(SOON)
                .until(() -> looked.get() > looks + TURNS || ear.heard().contains("overdue"));
        fence.answered(clock.nanos());
        ear.until("resumed", SOON);
        assertThat(ear.heard()).containsExactly("suspended", "stop", "resumed STOPPED");
    }
}
