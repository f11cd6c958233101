package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RecentTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int MANY = 50;

    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch answers = new CountDownLatch(1);

    @Test
    void whoeverComesMeanwhileSharesTheNextAnswer() throws Exception {
        var recent = new Recent<>(() -> {
            int number = asked.incrementAndGet();
            await(answers);
            return number;
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                Future<Integer> first = threads.submit(() -> recent.within(Duration.ZERO, LONG));
                while (asked.get() == 0) Thread.onSpinWait();
                Callable<Integer> one = () -> recent.within(Duration.ZERO, LONG);
                List<Future<Integer>> others = new ArrayList<>();
                for (int i = 0; i < MANY; i++) others.add(threads.submit(one));
                assertThatThrownBy(() -> recent.within(Duration.ZERO, Duration.ofMillis(200)))
                        .isInstanceOfSatisfying(
                                Unavailable.class, e -> assertThat(e.code()).isEqualTo("database_silent"));
                assertThat(asked).as("on its way").hasValue(1);

                answers.countDown();

                assertThat(first.get()).isEqualTo(1);
                // Asked for after they came: one for all of them, and for whoever was slow to come a few more.
                for (var each : others) assertThat(each.get()).isBetween(2, 5);
            } finally {
                answers.countDown();
            }
        }
    }

    @Test
    void itAsksTenTimesASecondAtTheMost() throws Exception {
        var recent = new Recent<>(asked::incrementAndGet);
        long began = System.nanoTime();
        for (int i = 0; i < 10; i++) recent.within(Duration.ZERO, LONG);
        long millis = (System.nanoTime() - began) / 1_000_000;

        assertThat(asked).hasValue(10);
        assertThat(millis).isGreaterThanOrEqualTo(900);
        assertThat(recent.within(LONG, LONG)).isEqualTo(10);
    }

    @Test
    void whatFailedIsAskedAgain() throws Exception {
        var recent = new Recent<>(() -> {
            if (asked.incrementAndGet() == 1) throw Unavailable.notApplied("closing", "not now", null);
            return asked.get();
        });
        assertThatThrownBy(() -> recent.within(LONG, LONG))
                .isInstanceOfSatisfying(
                        Unavailable.class, e -> assertThat(e.code()).isEqualTo("closing"));
        assertThat(recent.known()).isEmpty();
        assertThat(recent.within(LONG, LONG)).isEqualTo(2);
        assertThat(recent.known()).hasValue(2);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
