package dev.holdfast.engine.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SystemThreadsTest {
    @Test
    void aLoopThatThrowsIsBegunAnew() throws InterruptedException {
        var turns = new CountDownLatch(3);
        Thread loop = new SystemThreads().loop("fails", () -> {
            turns.countDown();
            if (turns.getCount() > 0) throw new StackOverflowError("deep");
        });
        assertThat(turns.await(20, TimeUnit.SECONDS)).isTrue();
        loop.join();
    }
}
