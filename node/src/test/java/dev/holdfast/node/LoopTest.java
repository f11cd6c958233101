package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.system.SystemThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A loop that fails, where somebody writes down what is logged. */
final class LoopTest {
    @Test
    void goesOnThoughItsFailureCannotBeSaid() throws InterruptedException {
        var turns = new CountDownLatch(3);
        Thread loop = new SystemThreads().loop("fails", () -> {
            turns.countDown();
            if (turns.getCount() > 0) throw new Unspeakable();
        });
        assertThat(turns.await(20, TimeUnit.SECONDS)).isTrue();
        loop.join();
    }

    /** As where there is no memory left, not even for saying so. */
    private static final class Unspeakable extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String toString() {
            throw new OutOfMemoryError("none left");
        }

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("none left");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new OutOfMemoryError("none left");
        }
    }
}
